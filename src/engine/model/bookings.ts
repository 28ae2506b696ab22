import type { Holding } from "../../domain/holding.ts";
import type { Ledger } from "./ledger.ts";

/** One decision's effect on the ledger. */
export interface Booking {
  readonly removed: readonly Holding[];
  readonly added: readonly Holding[];
}

/** Bookings that are in force but not yet durable. */
export class Bookings {
  readonly #ledger: Ledger;
  readonly #open = new Map<number, Booking>();
  #lastId = 0;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Puts a booking into force; its id, to be settled once. */
  apply(booking: Booking): number {
    exchange(this.#ledger, booking.removed, booking.added);
    this.#open.set(++this.#lastId, booking);
    return this.#lastId;
  }

  /** Forgets a booking, after taking it back when it is `undone`. */
  settle(id: number, outcome: "kept" | "undone"): void {
    const booking = this.#open.get(id);
    if (!booking) throw new Error(`Booking ${id} is not open`);
    this.#open.delete(id);
    if (outcome === "undone") exchange(this.#ledger, booking.added, booking.removed);
  }
}

function exchange(ledger: Ledger, out: readonly Holding[], back: readonly Holding[]): void {
  for (const { serverId } of out) ledger.remove(serverId);
  for (const holding of back) ledger.add(holding);
}
