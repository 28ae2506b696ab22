import type { PlanWithPlacements } from "../../../domain/plan.ts";
import { type Change, keyOf, type RowKey } from "./changes.ts";
import { CountingFilter } from "./counting_filter.ts";

/** Tables that a plan is found by. */
const TABLES: readonly Change["table"][] = ["plans", "stacks", "placements", "servers"];

/** A pass over all plans. */
export interface Survey {
  met(plans: readonly PlanWithPlacements[]): void;
  /** Nothing is known by a pass that did not get to the end. */
  end(state: { readonly complete: boolean }): void;
}

/**
 * Which ids surely lead to no plan, so that nobody has to ask Cassandra: nearly all those of new stacks and servers.
 * Known once a pass over all plans has come to its end. Keys are added before their row is written, and taken out after
 * it is gone, if its removal began after the pass: then they are surely in.
 */
export class PlanKeys {
  readonly #filter = new CountingFilter();
  #state: "unknown" | "surveying" | "known" = "unknown";

  surelyLacks(row: RowKey): boolean {
    return this.#state === "known" && TABLES.includes(row.table) && !this.#filter.mayHave(keyOf(row));
  }

  /** Null when there was one, or is. */
  survey(): Survey | null {
    if (this.#state !== "unknown") return null;
    this.#state = "surveying";
    return {
      met: (plans) => plans.flatMap(keysOf).forEach((key) => this.#filter.add(key)),
      end: ({ complete }) => void (this.#state = complete ? "known" : "unknown"),
    };
  }

  /** Begins to write `after` in place of `before`, null for none; what it returns ends that. */
  write(before: PlanWithPlacements | null, after: PlanWithPlacements | null): () => void {
    const [old, next] = [new Set(keysOf(before)), new Set(keysOf(after))];
    for (const key of next) if (!old.has(key)) this.#filter.add(key);
    if (this.#state !== "known") return () => {};
    return () => {
      for (const key of old) if (!next.has(key)) this.#filter.remove(key);
    };
  }
}

function keysOf(rows: PlanWithPlacements | null): string[] {
  if (rows === null) return [];
  const { plan, placements } = rows;
  return [
    keyOf({ table: "plans", id: plan.id }),
    keyOf({ table: "stacks", id: plan.stackId }),
    ...placements.flatMap(({ id, orchestrationId }) => [
      keyOf({ table: "placements", id }),
      keyOf({ table: "servers", id: orchestrationId }),
    ]),
  ];
}
