import type { Assignment } from "../../domain/application.ts";
import type { Cause, Relaxation } from "../../domain/explanation.ts";
import { LEVELS, rankOf } from "../../domain/levels.ts";
import type { PlacementRequest } from "../../domain/placement_request.ts";
import { without } from "./causes.ts";
import type { Trials } from "./conflict.ts";

/** Members that may be left out of a rule. */
const MOST_SHRUNK = 8;

/** Changes to one part of the conflict each, after which the request can be placed; the cheapest of each part first. */
export function relaxationsOf(
  request: PlacementRequest,
  conflict: readonly Cause[],
  trials: Trials,
): Relaxation[] {
  return conflict.flatMap((cause) =>
    candidates(request, cause)
      .filter(({ relaxed }) => !trials.exhausted && trials.placeable(relaxed))
      .map(({ change }): Relaxation => ({ cause, change, sentence: sentenceOf(cause, change) }))
  );
}

interface Candidate {
  readonly change: Relaxation["change"];
  readonly relaxed: PlacementRequest;
}

function candidates(request: PlacementRequest, cause: Cause): Candidate[] {
  const dropped: Candidate = { change: { kind: "drop" }, relaxed: without(request, [cause]) };
  const rule = request.application.assignments.find(({ id }) =>
    cause.kind === "assignment" && id === cause.id
  );
  if (!rule) return [dropped];
  const soft: Candidate[] = rule.type === "exclusivity"
    ? []
    : [{ change: { kind: "soften" }, relaxed: changed(request, { ...rule, softWeight: 1 }) }];
  return [...narrowed(request, rule), ...shrunk(request, rule), ...soft, dropped];
}

/** The rule at a level below its own; an affinity only gets harder there. */
function narrowed(request: PlacementRequest, rule: Assignment): Candidate[] {
  if (rule.type === "affinity") return [];
  return LEVELS.slice(0, rankOf(rule.level)).reverse().map((level) => ({
    change: { kind: "narrow", level },
    relaxed: changed(request, { ...rule, level }),
  }));
}

/** The rule without its last members. */
function shrunk(request: PlacementRequest, rule: Assignment): Candidate[] {
  const most = Math.min(MOST_SHRUNK, rule.members.length - 2);
  return Array.from({ length: Math.max(0, most) }, (_, index) => ({
    change: { kind: "shrink", count: index + 1 },
    relaxed: changed(request, { ...rule, members: rule.members.slice(0, -(index + 1)) }),
  }));
}

function changed(request: PlacementRequest, rule: Assignment): PlacementRequest {
  const { application } = request;
  const assignments = application.assignments.map((each) => each.id === rule.id ? rule : each);
  return { ...request, application: { ...application, assignments } };
}

function sentenceOf({ kind, name }: Cause, change: Relaxation["change"]): string {
  switch (change.kind) {
    case "narrow":
      return `Bind rule "${name}" at level "${change.level}"`;
    case "shrink":
      return `Leave ${change.count} of the members out of rule "${name}"`;
    case "soften":
      return `Make rule "${name}" soft`;
    case "drop":
      return DROPPED[kind](name);
  }
}

const DROPPED: Readonly<Record<Cause["kind"], (name: string) => string>> = {
  assignment: (name) => `Do without rule "${name}"`,
  zone: (name) => `Let server "${name}" into any availability zone`,
  hosts: (name) => `Let server "${name}" onto any host`,
  pipe: (name) => `Do without pipe "${name}"`,
  server: (name) => `Do without server "${name}", or give it a smaller flavor`,
};
