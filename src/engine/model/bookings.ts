import type { Holding } from "../../domain/holding.ts";
import type { Ledger } from "./ledger.ts";
import { isSameHolding } from "./same_holding.ts";
import { Shadow } from "./shadow.ts";

/** One decision's effect on the ledger. */
export interface Booking {
  readonly removed: readonly Holding[];
  readonly added: readonly Holding[];
}

interface Open {
  readonly booking: Booking;
  /** What the booking gave up; nobody else gets it while the booking may still be undone. */
  readonly shadow: Shadow;
}

/** Bookings that are in force but not yet durable. */
export class Bookings {
  readonly #ledger: Ledger;
  readonly #open = new Map<number, Open>();
  #lastId = 0;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Puts a booking into force; its id, to be settled once. */
  apply(whole: Booking): number {
    const booking = differenceOf(whole);
    const shadow = new Shadow(this.#ledger, booking);
    exchange(this.#ledger, booking.removed, booking.added);
    shadow.count(1);
    this.#open.set(++this.#lastId, { booking, shadow });
    return this.#lastId;
  }

  /** Forgets a booking, after taking it back when it is `undone`. */
  settle(id: number, outcome: "kept" | "undone"): void {
    const open = this.#open.get(id);
    if (!open) throw new Error(`Booking ${id} is not open`);
    this.#open.delete(id);
    open.shadow.count(-1);
    const { removed, added } = open.booking;
    if (outcome === "undone") exchange(this.#ledger, added, removed);
  }

  /** Works on the holdings in force alone. */
  withoutShadows<T>(work: () => T): T {
    for (const { shadow } of this.#open.values()) shadow.count(-1);
    try {
      return work();
    } finally {
      for (const { shadow } of this.#open.values()) shadow.count(1);
    }
  }
}

/** A booking without what it takes away and gives back: most of a large stack stays as it is. */
function differenceOf({ removed, added }: Booking): Booking {
  const before = new Map(removed.map((holding) => [holding.serverId, holding]));
  const kept = new Set(
    added.filter((holding) => {
      const held = before.get(holding.serverId);
      return held && isSameHolding(held, holding);
    }).map(({ serverId }) => serverId),
  );
  const changed = ({ serverId }: Holding) => !kept.has(serverId);
  return { removed: removed.filter(changed), added: added.filter(changed) };
}

function exchange(ledger: Ledger, out: readonly Holding[], back: readonly Holding[]): void {
  for (const { serverId } of out) ledger.remove(serverId);
  for (const holding of back) ledger.add(holding);
}
