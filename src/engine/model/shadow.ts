import { groupKey } from "../../domain/group.ts";
import type { Holding } from "../../domain/holding.ts";
import type { Booking } from "./bookings.ts";
import { beyond, type Ledger, type LinkTrace, type Trace } from "./ledger.ts";

/**
 * What the holdings that a booking removes take beyond those that it adds. Counted in the occupancy, it makes the
 * room that is taken suffice for both: whichever way the booking ends, no host is overbooked. Where the two differ in
 * groups or hardware both count in full, so it may be more than either takes, never less.
 */
export class Shadow {
  readonly #ledger: Ledger;
  readonly #traces: readonly Trace[];
  readonly #links: readonly LinkTrace[];

  constructor(ledger: Ledger, { removed, added }: Booking) {
    const successors = new Map(added.map((holding) => [holding.serverId, holding]));
    this.#ledger = ledger;
    this.#traces = removed.flatMap((holding) => {
      const successor = successors.get(holding.serverId);
      const taken = successor ? ledger.tracesOf(successor) : [];
      return ledger.tracesOf(holding).map((trace) =>
        remainder(trace, taken.find(({ host }) => host === trace.host))
      );
    });
    this.#links = linksBeyond(ledger, removed, added);
  }

  /** Counts it (`sign` 1) or gives it back (−1). */
  count(sign: 1 | -1): void {
    for (const trace of this.#traces) this.#ledger.count(trace, sign);
    for (const link of this.#links) this.#ledger.countLink(link, sign);
  }
}

/** What `before` takes of its host beyond `after`, the same server's trace there. */
function remainder(before: Trace, after: Trace | undefined): Trace {
  if (!after) return before;
  const joined = new Set(after.groups.map(groupKey));
  const left = before.groups.filter((membership) => !joined.has(groupKey(membership)));
  const sameGroups = left.length === 0 && after.groups.length === before.groups.length;
  return {
    host: before.host,
    demand: beyond(before.demand, after.demand),
    // A server of other groups is a stranger to those that it joins.
    servers: sameGroups ? 0 : before.servers,
    shape: before.shape === after.shape ? null : before.shape,
    groups: left,
  };
}

function linksBeyond(ledger: Ledger, removed: readonly Holding[], added: readonly Holding[]): LinkTrace[] {
  const after = new Map(ledger.linksOf(added).map(({ ends, kbps }) => [ends, kbps]));
  return ledger.linksOf(removed).flatMap(({ ends, left, right, kbps }) => {
    const more = kbps - (after.get(ends) ?? 0);
    return more > 0 ? { left, right, kbps: more } : [];
  });
}
