import type { PlanWithPlacements } from "../../../domain/plan.ts";
import { type Change, keyOf, type RowKey } from "./changes.ts";
import { PlanKeys } from "./plan_keys.ts";

/** Tables whose rows are remembered, as ids, plans and groups. */
const REMEMBERED: readonly Change["table"][] = [
  "plans",
  "stacks",
  "placements",
  "servers",
  "groups",
  "groupNames",
];

/** What is remembered in all: servers of plans, and rows of the other tables. */
const MOST_REMEMBERED = 50_000;

/** A row by the id that is its key, out of memory where that has it; Cassandra knows no empty keys. */
export async function known<T>(
  cache: TermCache | null,
  key: RowKey,
  read: () => Promise<T | null>,
): Promise<T | null> {
  if (key.id === "") return null;
  return await (cache?.get(key, read) ?? read());
}

/** One value that is being read. */
interface Reading {
  readonly value: Promise<unknown>;
  /** Whether nothing was written to its key since it began. */
  isCurrent: boolean;
}

/**
 * What this process has read or written in its term. Nobody else writes meanwhile, so that it stays true until this
 * process changes it; and for as long as nobody else can have begun a term, others may be told it.
 */
export class TermCache {
  readonly #holds: () => boolean;
  readonly #limit: number;
  #weight = 0;
  /** The values that were used last come last. */
  readonly #values = new Map<string, unknown>();
  readonly #readings = new Map<string, Reading>();
  /** Keys that are being written, with how many writes. */
  readonly #writing = new Map<string, number>();
  readonly planKeys = new PlanKeys();

  /** `holds` tells whether nobody else can have begun a term. */
  constructor(
    { holds, limit = MOST_REMEMBERED }: { readonly holds: () => boolean; readonly limit?: number },
  ) {
    this.#holds = holds;
    this.#limit = limit;
  }

  /** The value of a row, which `read` gets when it is not known. Callers that wait for the same share one reading. */
  async get<T>(row: RowKey, read: () => Promise<T | null>): Promise<T | null> {
    const key = keyOf(row);
    if (!this.#holds() || this.#writing.has(key)) return await read();
    const known = this.#values.get(key);
    if (known !== undefined) {
      this.#values.delete(key);
      this.#values.set(key, known);
      return known as T;
    }
    if (this.planKeys.surelyLacks(row)) return null;
    const reading = this.#readings.get(key) ?? this.#begin(key, read);
    return await reading.value as T | null;
  }

  /** Does a write of these changes; afterwards rows are what they were changed to, plans and groups as `after` tells. */
  async write(
    changes: readonly Change[],
    { work, after = [] }: {
      work: () => Promise<void>;
      after?: readonly (readonly [key: string, value: unknown])[];
    },
  ): Promise<void> {
    const rows = changes.filter(({ table }) => REMEMBERED.includes(table));
    const keys = rows.map(keyOfChange);
    for (const key of keys) this.#startWriting(key);
    let isDone = false;
    try {
      await work();
      isDone = true;
    } finally {
      for (const key of keys) this.#endWriting(key);
      if (isDone) this.#remember([...rows.flatMap(lookedUp), ...after]);
    }
  }

  #startWriting(key: string): void {
    this.#forget(key);
    this.#writing.set(key, (this.#writing.get(key) ?? 0) + 1);
    const reading = this.#readings.get(key);
    if (reading) reading.isCurrent = false;
    this.#readings.delete(key);
  }

  #endWriting(key: string): void {
    const left = this.#writing.get(key)! - 1;
    if (left === 0) this.#writing.delete(key);
    else this.#writing.set(key, left);
  }

  #remember(entries: readonly (readonly [key: string, value: unknown])[]): void {
    for (const [key, value] of entries) if (!this.#writing.has(key)) this.#keep(key, value);
  }

  #begin(key: string, read: () => Promise<unknown>): Reading {
    const reading: Reading = { value: read(), isCurrent: true };
    this.#readings.set(key, reading);
    const ended = () => {
      if (this.#readings.get(key) === reading) this.#readings.delete(key);
    };
    reading.value.then((value) => {
      ended();
      if (reading.isCurrent) this.#keep(key, value);
    }, ended);
    return reading;
  }

  #keep(key: string, value: unknown): void {
    this.#forget(key);
    this.#values.set(key, value);
    this.#weight += weightOf(value);
    for (const oldest of this.#values.keys()) {
      if (this.#weight <= this.#limit) break;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    const value = this.#values.get(key);
    if (value === undefined) return;
    this.#values.delete(key);
    this.#weight -= weightOf(value);
  }
}

function weightOf(value: unknown): number {
  return 1 + ((value as Partial<PlanWithPlacements> | null)?.placements?.length ?? 0);
}

/** The id that a row of a look-up table leads to; null for none, nothing for other tables. */
function lookedUp(change: Change): [string, string | null][] {
  const { table, row } = change;
  if (row === null) return [[keyOfChange(change), null]];
  return table === "plans" || table === "groups" ? [] : [[keyOfChange(change), row[0] as string]];
}

function keyOfChange({ table, key: [id] }: Change): string {
  return keyOf({ table, id: `${id}` });
}
