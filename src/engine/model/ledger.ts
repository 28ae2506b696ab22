import type { Holding } from "../../domain/holding.ts";
import type { Demand } from "../../domain/demand.ts";
import { ExpiryQueue } from "./expiry_queue.ts";
import type { HardwareShape } from "./hardware_shape.ts";
import type { Occupancy } from "./occupancy.ts";
import { amountsOf, compareText, type ReportedServer, type Site } from "./site.ts";

/** What one holding takes of one host. */
export interface Trace {
  readonly host: number;
  /** Beyond what the inventory counts there itself. */
  readonly demand: Demand;
  /** 0 when the inventory counts the server itself. */
  readonly servers: 0 | 1;
  readonly shape: HardwareShape | null;
  readonly groups: Holding["groups"];
}

/** What a pipe takes of the links between two hosts. */
export interface LinkTrace {
  readonly left: number;
  readonly right: number;
  readonly kbps: number;
}

/** The holdings in force, and their traces in the occupancy. */
export class Ledger {
  readonly #site: Site;
  readonly #occupancy: Occupancy;
  readonly #holdings = new Map<string, Holding>();
  readonly #stacks = new Map<string, Set<string>>();
  /** Hosts of the servers whose holdings the occupancy counts: a pipe counts while both its ends do. */
  readonly #hostOf = new Map<string, number>();
  readonly #expiries = new ExpiryQueue(({ serverId, atMs }) => this.get(serverId)?.expiresAtMs === atMs);

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

  get size(): number {
    return this.#holdings.size;
  }

  /** All holdings, in no particular order. */
  each(): Iterable<Holding> {
    return this.#holdings.values();
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
    const { serverId, expiresAtMs: atMs } = holding;
    if (atMs !== null) this.#expiries.add({ serverId, atMs });
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
    for (const serverId of this.#expiries.takeUntil(nowMs)) {
      const holding = this.#holdings.get(serverId)!;
      const { origin } = holding;
      if (origin === null) this.remove(serverId);
      else this.add({ ...holding, host: origin, origin: null, expiresAtMs: null });
    }
  }

  /** Writes a holding into the occupancy (`sign` 1) or out of it (−1). */
  trace(holding: Holding, sign: 1 | -1): void {
    for (const trace of this.tracesOf(holding)) this.count(trace, sign);
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

  /** What a holding takes, pipes aside, host by host: where it is held and, while it migrates, where it was. */
  tracesOf(holding: Holding): Trace[] {
    const names = holding.origin === null ? [holding.host] : [holding.host, holding.origin];
    return names.flatMap((name) => {
      const host = this.#site.hostNumber(name);
      // A host that left the site holds nothing any more; the holding stays known, so that it can be reported.
      if (host === undefined) return [];
      const known = this.reported(holding);
      const reported = known?.host === host ? known : undefined;
      return {
        host,
        demand: reported ? beyond(holding.demand, reported.demand) : holding.demand,
        servers: reported ? 0 : 1,
        shape: this.shapeOf(holding),
        groups: holding.groups,
      };
    });
  }

  /** Writes a trace into the occupancy (`sign` 1) or out of it (−1). */
  count({ host, demand, servers, shape, groups: memberships }: Trace, sign: 1 | -1): void {
    const { groups, hardware } = this.#occupancy;
    this.#occupancy.place(host, amountsOf(demand), { servers, sign });
    if (shape) hardware.place(host, [shape], sign);
    for (const membership of memberships) groups.count(groups.presence(membership), host, sign);
  }

  /** Reserves bandwidth between two hosts (`sign` 1) or gives it back (−1). */
  countLink({ left, right, kbps }: LinkTrace, sign: 1 | -1): void {
    this.#occupancy.links.reserve(left, right, { kbps, sign });
  }

  /**
   * Bandwidth that pipes of some holdings take, each between its ends in ascending order. An end that is not among them is
   * where the ledger holds it.
   */
  linksOf(holdings: readonly Holding[]): (LinkTrace & { readonly ends: string })[] {
    const hosts = new Map(holdings.map(({ serverId, host }) => [serverId, this.#site.hostNumber(host)]));
    return holdings.flatMap(({ serverId, pipes = [] }) =>
      pipes.flatMap(({ peerId, kbps }) => {
        const left = hosts.get(serverId);
        const right = hosts.has(peerId) ? hosts.get(peerId) : this.#hostOf.get(peerId);
        // Both ends list the pipe; it counts once.
        if (left === undefined || right === undefined || hosts.has(peerId) && serverId > peerId) return [];
        return { ends: JSON.stringify([serverId, left, peerId, right]), left, right, kbps };
      })
    );
  }

  /** What the held server asks of cells and devices: its flavor tells, as a holding does not keep it. */
  shapeOf({ flavor }: Holding): HardwareShape | null {
    return flavor === undefined ? null : this.#site.shape(flavor);
  }

  /** Where the inventory itself counts a server, and how much. */
  reported({ serverId, resourceId }: Pick<Holding, "serverId" | "resourceId">): ReportedServer | undefined {
    const byResource = resourceId === null ? undefined : this.#site.reported(resourceId);
    return byResource ?? this.#site.reported(serverId);
  }

  /**
   * What stays held of a server that is placed anew: everything where the host that it leaves is kept, else the host
   * that it is migrating from; null for nothing.
   */
  lingering(holding: Holding, { keepOrigin }: { keepOrigin: boolean }): Holding | null {
    if (keepOrigin) return holding;
    return holding.origin === null
      ? null
      : { ...holding, host: holding.origin, origin: null, pipes: undefined };
  }
}

/** What `demand` asks beyond `counted`, per dimension at least nothing. */
export function beyond(demand: Demand, counted: Demand): Demand {
  return {
    milliVcpu: Math.max(0, demand.milliVcpu - counted.milliVcpu),
    memoryMib: Math.max(0, demand.memoryMib - counted.memoryMib),
    diskMib: Math.max(0, demand.diskMib - counted.diskMib),
  };
}
