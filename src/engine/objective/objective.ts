import { CRITERIA, type Criterion, type Profile } from "../../domain/quality.ts";
import type { Task } from "../request/task.ts";
import type { State } from "../search/state.ts";
import { mostServers } from "./crowding.ts";
import { movedServers } from "./moves.ts";
import { softPrice } from "./soft.ts";
import { strandedShares } from "./stranded.ts";
import { uplinkLoad } from "./uplink_load.ts";

const RACK = 1;

/** Measures a finished state; every value is an integer. */
type Measure = (task: Task, state: State) => number;

const MEASURES: Readonly<Record<Criterion, Measure>> = {
  soft: ({ soft }, state) => soft.reduce((sum, rule) => sum + softPrice(rule, state), 0),
  moves: (_task, state) => movedServers(state),
  woken_hosts: (_task, state) => state.woken,
  bandwidth: (_task, state) => state.bandwidth,
  uplink_load: (_task, state) => uplinkLoad(state, RACK),
  rack_servers: (task, state) => mostServers(task, state, RACK),
  host_servers: (task, state) => mostServers(task, state, 0),
  stranded: (_task, state) => strandedShares(state),
};

/** What the criteria of a profile say of a state, the most important first. */
export class Objective {
  readonly criteria: readonly Criterion[];
  readonly #task: Task;
  readonly #state: State;

  constructor(task: Task, state: State, profile: Profile) {
    this.criteria = CRITERIA[profile];
    this.#task = task;
    this.#state = state;
  }

  /** Looks at what is placed. */
  measure(): number[] {
    return this.criteria.map((criterion) => MEASURES[criterion](this.#task, this.#state));
  }

  /** The same, or null as soon as a criterion says that it is worse than `best`. */
  measureUnlessWorse(best: readonly number[]): number[] | null {
    const measures: number[] = [];
    let isEqual = true;
    for (const [index, criterion] of this.criteria.entries()) {
      const value = MEASURES[criterion](this.#task, this.#state);
      if (isEqual && value > best[index]) return null;
      isEqual &&= value === best[index];
      measures.push(value);
    }
    return measures;
  }
}

/** Below 0 when `left` is better, above 0 when `right` is. */
export function compareMeasures(left: readonly number[], right: readonly number[]): number {
  for (const [index, value] of left.entries()) if (value !== right[index]) return value - right[index];
  return 0;
}
