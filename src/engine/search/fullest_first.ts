import type { Occupancy } from "../model/occupancy.ts";
import { type Amounts, DIMENSIONS } from "../model/site.ts";

/** As often all hosts are looked at before an order of them pays. */
const LOOKS = 3;

/** Hosts of a branch from which on sorting one by one, which is faster for few, is slower. */
const MANY = 64;

/** Stands for the room of a host that runs nothing: behind every other. */
const ASLEEP = Number.MAX_VALUE;

/**
 * The hosts of each branch of the network, those with the least room first and behind them those that run nothing.
 * Made when it begins to pay, and kept while servers come and go: a host that changes moves past a few others.
 */
export class FullestFirst {
  /** By branch. */
  #hosts: Int32Array[] = [];
  /** By branch, how many of its hosts run something. */
  #awake = new Int32Array(0);
  /** By host, as it was when it got its place. */
  #room = new Float64Array(0);
  /** By host, its position in its branch. */
  #position = new Int32Array(0);
  readonly #changed: number[] = [];
  #isChanged = new Uint8Array(0);
  #looks = 0;

  constructor(readonly occupancy: Occupancy, readonly weights: Amounts) {}

  /** Tells the order that a host changed; it takes note when it is needed next. */
  change(host: number): void {
    if (this.#isChanged[host] !== 0) return;
    this.#isChanged[host] = 1;
    this.#changed.push(host);
  }

  /** Whether the order is made and as things stand now; to be asked before each look at all hosts. */
  isReady(): boolean {
    if (this.#looks < LOOKS) {
      this.#looks++;
      return false;
    }
    if (this.#room.length === 0) this.#make();
    for (const host of this.#changed) {
      this.#isChanged[host] = 0;
      this.#move(host);
    }
    this.#changed.length = 0;
    return true;
  }

  hostsOf(branch: number): Int32Array {
    return this.#hosts[branch];
  }

  /** How many hosts of a branch run something: its first ones. */
  awakeIn(branch: number): number {
    return this.#awake[branch];
  }

  /** What is free on a host that runs something, weighed. */
  roomOn(host: number): number {
    return this.#room[host];
  }

  #make(): void {
    const { size, branches } = this.occupancy.site;
    this.#changed.length = 0;
    this.#isChanged = new Uint8Array(size);
    this.#room = new Float64Array(size);
    this.#position = new Int32Array(size);
    this.#awake = new Int32Array(branches.hosts.length);
    for (let host = 0; host < size; host++) {
      this.#room[host] = this.#roomNow(host);
      if (this.#room[host] !== ASLEEP) this.#awake[branches.ofHost[host]]++;
    }
    this.#hosts = branches.hosts.map((hosts) => this.#sorted(hosts));
    for (const hosts of this.#hosts) {
      for (let position = 0; position < hosts.length; position++) this.#position[hosts[position]] = position;
    }
  }

  #sorted(hosts: Int32Array): Int32Array {
    const room = this.#room;
    if (hosts.length > MANY) return hosts.toSorted((a, b) => room[a] - room[b]);
    const sorted = hosts.slice();
    for (let next = 1; next < sorted.length; next++) {
      const host = sorted[next];
      let position = next;
      for (; position > 0 && room[sorted[position - 1]] > room[host]; position--) {
        sorted[position] = sorted[position - 1];
      }
      sorted[position] = host;
    }
    return sorted;
  }

  #roomNow(host: number): number {
    const { free, servers } = this.occupancy;
    if (servers[0][host] === 0) return ASLEEP;
    let room = 0;
    for (let dimension = 0; dimension < DIMENSIONS; dimension++) {
      room += free[dimension][host] * this.weights[dimension];
    }
    return room;
  }

  #move(host: number): void {
    const [before, room] = [this.#room[host], this.#roomNow(host)];
    const branch = this.occupancy.site.branches.ofHost[host];
    this.#awake[branch] += Number(before === ASLEEP) - Number(room === ASLEEP);
    this.#room[host] = room;
    const hosts = this.#hosts[branch];
    let position = this.#position[host];
    while (position > 0 && this.#room[hosts[position - 1]] > room) {
      this.#put(hosts, position, hosts[--position]);
    }
    while (position < hosts.length - 1 && this.#room[hosts[position + 1]] < room) {
      this.#put(hosts, position, hosts[++position]);
    }
    this.#put(hosts, position, host);
  }

  #put(hosts: Int32Array, position: number, host: number): void {
    hosts[position] = host;
    this.#position[host] = position;
  }
}
