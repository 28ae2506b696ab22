import type { Holding } from "../../domain/holding.ts";
import type { Demand } from "../../domain/demand.ts";
import type { HardwareShape } from "./hardware_shape.ts";
import type { Occupancy } from "./occupancy.ts";
import { amountsOf, compareText, type Site } from "./site.ts";

/** The holdings in force, and their traces in the occupancy. */
export class Ledger {
  readonly #site: Site;
  readonly #occupancy: Occupancy;
  readonly #holdings = new Map<string, Holding>();
  readonly #stacks = new Map<string, Set<string>>();
  /** Hosts of the servers whose holdings the occupancy counts: a pipe counts while both its ends do. */
  readonly #hostOf = new Map<string, number>();
  #nextExpiryMs = Infinity;

  constructor(occupancy: Occupancy) {
    this.#occupancy = occupancy;
    this.#site = occupancy.site;
  }

  get(serverId: string): Holding | undefined {
    return this.#holdings.get(serverId);
  }

  /** Holdings of a stack, by server id. */
  ofStack(stackId: string): Holding[] {
    const ids = [...this.#stacks.get(stackId) ?? []].sort(compareText);
    return ids.map((id) => this.#holdings.get(id)!);
  }

  /** All holdings, by server id. */
  all(): Holding[] {
    return [...this.#holdings.values()].sort((a, b) => compareText(a.serverId, b.serverId));
  }

  /** Takes a holding into force in place of one for the same server. */
  add(holding: Holding): void {
    this.remove(holding.serverId);
    this.#holdings.set(holding.serverId, holding);
    const stack = this.#stacks.get(holding.stackId);
    if (stack) stack.add(holding.serverId);
    else this.#stacks.set(holding.stackId, new Set([holding.serverId]));
    if (holding.expiresAtMs !== null) this.#nextExpiryMs = Math.min(this.#nextExpiryMs, holding.expiresAtMs);
    this.trace(holding, 1);
  }

  /** Ends a holding; what it was, or undefined. */
  remove(serverId: string): Holding | undefined {
    const holding = this.#holdings.get(serverId);
    if (!holding) return undefined;
    this.trace(holding, -1);
    this.#holdings.delete(serverId);
    const stack = this.#stacks.get(holding.stackId)!;
    stack.delete(serverId);
    if (stack.size === 0) this.#stacks.delete(holding.stackId);
    return holding;
  }

  /** Ends the holds whose time has come; a migration that was never confirmed falls back to the old host. */
  expire(nowMs: number): void {
    if (nowMs < this.#nextExpiryMs) return;
    this.#nextExpiryMs = Infinity;
    for (const holding of this.all()) {
      const { expiresAtMs, origin } = holding;
      if (expiresAtMs === null) continue;
      if (expiresAtMs > nowMs) this.#nextExpiryMs = Math.min(this.#nextExpiryMs, expiresAtMs);
      else if (origin === null) this.remove(holding.serverId);
      else this.add({ ...holding, host: origin, origin: null, expiresAtMs: null });
    }
  }

  /** Writes a holding into the occupancy (`sign` 1) or out of it (−1). */
  trace(holding: Holding, sign: 1 | -1): void {
    this.#traceOn(holding.host, holding, sign);
    if (holding.origin !== null) this.#traceOn(holding.origin, holding, sign);
    this.tracePipes(holding, sign);
  }

  /** The same for its pipes alone. */
  tracePipes({ serverId, host: name, pipes }: Holding, sign: 1 | -1): void {
    const host = this.#site.hostNumber(name);
    if (!pipes || host === undefined) return;
    for (const { peerId, kbps } of pipes) {
      const peer = this.#hostOf.get(peerId);
      if (peer !== undefined) this.#occupancy.links.reserve(host, peer, { kbps, sign });
    }
    if (sign === 1) this.#hostOf.set(serverId, host);
    else this.#hostOf.delete(serverId);
  }

  #traceOn(hostName: string, holding: Holding, sign: 1 | -1): void {
    const host = this.#site.hostNumber(hostName);
    // A host that left the site holds nothing any more; the holding stays known, so that it can be reported.
    if (host === undefined) return;
    const reported = this.reportedOn(holding, host);
    const extra = reported ? beyond(holding.demand, reported) : holding.demand;
    this.#occupancy.place(host, amountsOf(extra), { servers: reported ? 0 : 1, sign });
    const { groups, hardware } = this.#occupancy;
    const shape = this.shapeOf(holding);
    if (shape) hardware.place(host, [shape], sign);
    for (const membership of holding.groups) groups.count(groups.presence(membership), host, sign);
  }

  /** What the held server asks of cells and devices: its flavor tells, as a holding does not keep it. */
  shapeOf({ flavor }: Holding): HardwareShape | null {
    return flavor === undefined ? null : this.#site.shape(flavor);
  }

  /** What the inventory itself counts on this host for the held server, or null. */
  reportedOn(holding: Pick<Holding, "serverId" | "resourceId">, host: number): Demand | null {
    const byResource = holding.resourceId === null ? undefined : this.#site.reported(holding.resourceId);
    const reported = byResource ?? this.#site.reported(holding.serverId);
    return reported?.host === host ? reported.demand : null;
  }
}

/** What `demand` asks beyond `counted`, per dimension at least nothing. */
function beyond(demand: Demand, counted: Demand): Demand {
  return {
    milliVcpu: Math.max(0, demand.milliVcpu - counted.milliVcpu),
    memoryMib: Math.max(0, demand.memoryMib - counted.memoryMib),
    diskMib: Math.max(0, demand.diskMib - counted.diskMib),
  };
}
