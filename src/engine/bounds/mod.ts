import { CRITERIA, type Criterion, type Profile } from "../../domain/quality.ts";
import type { Task } from "../request/task.ts";
import type { State } from "../search/state.ts";
import { bandwidthBound } from "./bandwidth.ts";
import { crowdingBound } from "./crowding.ts";
import { wokenHostsBound } from "./woken_hosts.ts";

const BOUNDS: { readonly [C in Criterion]?: (task: Task, state: State) => number } = {
  woken_hosts: (task, state) => wokenHostsBound(task, state),
  bandwidth: (_task, state) => bandwidthBound(state),
  rack_servers: (task, state) => crowdingBound(task, state, 1),
  host_servers: (task, state) => crowdingBound(task, state, 0),
};

/**
 * For each criterion of a profile a value that no answer is below. The state has to be finished and is left as it
 * was; a criterion that is 0 already needs no bound, and one that no bound is known for gets 0.
 */
export function boundsOf(
  task: Task,
  state: State,
  { profile, measures }: { readonly profile: Profile; readonly measures: readonly number[] },
): number[] {
  const wanted = CRITERIA[profile].map((criterion, index) =>
    measures[index] > 0 ? BOUNDS[criterion] : undefined
  );
  if (wanted.every((bound) => bound === undefined)) return wanted.map(() => 0);
  const hosts = state.hostOf.slice();
  for (const node of state.nodes) state.lift(node);
  const bounds = wanted.map((bound) => bound?.(task, state) ?? 0);
  for (const node of state.nodes) state.drop(node, hosts[node.index]);
  return bounds;
}
