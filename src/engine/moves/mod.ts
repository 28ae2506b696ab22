import type { Holding } from "../../domain/holding.ts";
import { companionsOf } from "../../domain/memberships.ts";
import type { HostChoice, MoveAnswer, MoveGoal, MovePlan, MoveQuestion } from "../../domain/moves.ts";
import type { Site } from "../model/site.ts";
import { consolidate } from "./consolidate.ts";
import { Evacuation } from "./evacuation.ts";
import type { Stage } from "./rehearsal.ts";
import { heldByHost } from "./residents.ts";
import { playWave } from "./wave.ts";

/** Plans moves that reach a goal, as far as it can be reached. The model is left as it was found. */
export function planMoves(question: MoveQuestion, stage: Stage): MoveAnswer {
  const evacuation = new Evacuation(question, stage);
  try {
    const plan = planFor(question.goal, evacuation);
    if (evacuation.lacking.size > 0) return { kind: "incomplete", stackIds: [...evacuation.lacking].sort() };
    return "kind" in plan ? plan : { kind: "planned", plan };
  } finally {
    evacuation.rehearsal.returnTo(0);
  }
}

type Unknown = MoveAnswer & { readonly kind: "unknown" };

function planFor(goal: MoveGoal, evacuation: Evacuation): MovePlan | Unknown {
  switch (goal.kind) {
    case "drain":
    case "failed": {
      const hosts = hostsOf(goal.choice, evacuation.stage.occupancy.site);
      return Array.isArray(hosts) ? drain(evacuation, hosts, { failed: goal.kind === "failed" }) : hosts;
    }
    case "consolidate":
      return consolidate(evacuation, goal.hosts);
    case "move":
      return moveOne(evacuation, goal.serverId);
    case "wave": {
      const hosts = hostsOf({ hosts: goal.moves.map(({ to }) => to) }, evacuation.stage.occupancy.site);
      return Array.isArray(hosts) ? playWave(evacuation, goal.moves) : hosts;
    }
  }
}

function hostsOf(choice: HostChoice, site: Site): string[] | Unknown {
  if ("hosts" in choice) {
    const name = choice.hosts.find((each) => site.hostNumber(each) === undefined);
    return name === undefined ? [...new Set(choice.hosts)] : { kind: "unknown", what: "host", name };
  }
  const hosts = site.hosts.filter(({ rack }) => rack === choice.rack).map(({ name }) => name);
  return hosts.length > 0 ? hosts : { kind: "unknown", what: "rack", name: choice.rack };
}

function drain(evacuation: Evacuation, hosts: string[], { failed }: { failed: boolean }): MovePlan {
  const { rehearsal, stage } = evacuation;
  const held = heldByHost(stage.ledger);
  const servers = hosts.flatMap((host) => (held.get(host) ?? []).filter((holding) => holding.host === host));
  const pending = evacuation.pendingOf(servers);
  const wanted = new Set([...pending.values()].flatMap((each) => [...each]));
  rehearsal.closed = hosts;
  if (failed) rehearsal.lost = wanted;
  evacuation.run(pending, { displacing: true });
  const left = [...pending.values()].reduce((count, each) => count + each.size, 0);
  return evacuation.plan(hosts, { leastMoves: wanted.size - left });
}

function moveOne(evacuation: Evacuation, id: string): MovePlan | Unknown {
  const { ledger } = evacuation.stage;
  const target = ledger.all().find(({ resourceId }) => resourceId === id) ?? ledger.get(id);
  if (!target) return { kind: "unknown", what: "server", name: id };
  const pending = evacuation.pendingOf([target]);
  const bound = boundOnHost(evacuation, target);
  const moved = evacuation.run(pending, { displacing: true });
  const plan = evacuation.plan([], { leastMoves: moved ? bound : 0 });
  if (moved) return plan;
  const { serverId, host } = target;
  return { ...plan, staying: [{ serverId, host, reason: evacuation.reasonOf(serverId) }] };
}

/** How many servers share a host with this one whatever happens. */
function boundOnHost({ stage, question }: Evacuation, { serverId, stackId }: Holding): number {
  const plan = question.stacks.get(stackId);
  if (!plan) return 1;
  return companionsOf(plan, "host")(serverId).filter((each) => stage.ledger.get(each)).length;
}
