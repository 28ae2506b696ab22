import type { Store } from "../../src/ports/store.ts";
import { GROUP_CASES } from "./store_group_cases.ts";
import { LIFE_CASES } from "./store_life_cases.ts";
import { LIST_CASES } from "./store_list_cases.ts";
import { PLACEMENT_CASES } from "./store_placement_cases.ts";
import { PLAN_CASES } from "./store_plan_cases.ts";

/** A fresh, empty store; disposing closes it and removes what it stored. */
export interface StoreUnderTest extends AsyncDisposable {
  readonly store: Store;
  /** Another store on the same rows, after the first was closed. Closed with the rest. */
  reopen(): Promise<Store>;
}

export interface StoreCase {
  /** A sentence that begins with the method or the rule. */
  readonly name: string;
  run(tested: StoreUnderTest): Promise<void>;
}

export interface StoreAdapter {
  readonly name: string;
  /** Rows per page of its lists: 3, so that a few rows make several pages. */
  open(options: { readonly pageSize: number }): Promise<StoreUnderTest>;
  /** Why a case can't hold for this adapter, by the case's name. */
  readonly skipped?: Readonly<Record<string, string>>;
}

const CASES: readonly StoreCase[] = [
  ...GROUP_CASES,
  ...PLAN_CASES,
  ...PLACEMENT_CASES,
  ...LIST_CASES,
  ...LIFE_CASES,
];

/** Registers what every adapter of the port must keep. */
export function storeSuite(adapter: StoreAdapter): void {
  const skipped = new Map(Object.entries(adapter.skipped ?? {}));
  for (const { name, run } of CASES) {
    const reason = skipped.get(name);
    skipped.delete(name);
    const suffix = reason === undefined ? adapter.name : `${adapter.name}, skipped: ${reason}`;
    Deno.test({
      name: `${name} (${suffix})`,
      ignore: reason !== undefined,
      fn: async () => {
        await using tested = await adapter.open({ pageSize: 3 });
        await run(tested);
      },
    });
  }
  if (skipped.size > 0) throw new Error(`No such case: '${[...skipped.keys()].join("', '")}'`);
}
