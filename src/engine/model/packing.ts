import type { Host, NumaCell } from "../../domain/data_center.ts";
import { type NearDemand, suffice } from "./device_flow.ts";
import type { CellNeed } from "./guest_cells.ts";
import type { HardwareShape } from "./hardware_shape.ts";
import { compareText } from "./site.ts";

/** Guest cells put into cells, for one question, before the host is taken to be full. */
const MOST_TRIES = 5000;

type Hardware = Pick<Host, "numa" | "pci">;

interface CellAsk extends HardwareShape {
  readonly cells: readonly CellNeed[];
}

/**
 * Whether the cells of a host suffice for servers of these shapes all at once. A guest cell takes its memory from a
 * cell, its vCPUs too when they are pinned, and otherwise only needs a cell of so many.
 */
export function cellsSuffice(host: Hardware, shapes: readonly HardwareShape[]): boolean {
  return new Packing(host, shapes, { devices: false }).found();
}

/**
 * Whether the devices of a host suffice for servers of these shapes all at once, those that want them near with cells
 * to match; where the cells alone do not suffice, only the number of devices counts.
 */
export function devicesSuffice(host: Hardware, shapes: readonly HardwareShape[]): boolean {
  if (!enoughInSum(host, shapes)) return false;
  return !shapes.some(isNear) || new Packing(host, shapes, { devices: true }).found() ||
    !cellsSuffice(host, shapes);
}

function isNear({ near, devices }: HardwareShape): boolean {
  return near && devices !== null && devices.length > 0;
}

function enoughInSum({ pci = [] }: Hardware, shapes: readonly HardwareShape[]): boolean {
  const left = new Map<string, number>();
  for (const { alias, count } of pci) left.set(alias, (left.get(alias) ?? 0) + count);
  for (const { alias, count } of shapes.flatMap(({ devices }) => devices ?? [])) {
    left.set(alias, (left.get(alias) ?? 0) - count);
  }
  return [...left.values()].every((count) => count >= 0);
}

/**
 * One assignment of guest cells to a host's cells, found depth first: the largest server first, the lowest cells
 * first, equal servers and equal cells in ascending order only. It depends on the set of shapes alone, so that held
 * servers need not remember their cells.
 */
class Packing {
  readonly #host: Hardware;
  readonly #cells: readonly NumaCell[];
  readonly #freeVcpu: number[];
  readonly #freeMemory: number[];
  readonly #asks: readonly CellAsk[];
  /** Positions of the cells that each server has got so far. */
  readonly #chosen: number[][];
  readonly #devices: boolean;
  #tries = 0;

  constructor(host: Hardware, shapes: readonly HardwareShape[], { devices }: { devices: boolean }) {
    this.#host = host;
    this.#devices = devices;
    this.#cells = (host.numa ?? []).toSorted((a, b) => a.cell - b.cell);
    this.#freeVcpu = this.#cells.map(({ milliVcpu }) => milliVcpu);
    this.#freeMemory = this.#cells.map(({ memoryMib }) => memoryMib);
    this.#asks = shapes.filter(asksForCells).sort(largestFirst);
    this.#chosen = this.#asks.map(() => []);
  }

  found(): boolean {
    return this.#enoughInSum() && this.#placeServer(0);
  }

  #enoughInSum(): boolean {
    const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);
    const memory = this.#asks.flatMap(({ cells }) => cells).map(({ memoryMib }) => memoryMib);
    const pinned = this.#asks.filter((ask) => ask.pinned).flatMap(({ cells }) => cells);
    return sum(memory) <= sum(this.#freeMemory) &&
      sum(pinned.map(({ milliVcpu }) => milliVcpu)) <= sum(this.#freeVcpu);
  }

  #placeServer(server: number): boolean {
    return server === this.#asks.length || this.#placeCell(server, 0);
  }

  #placeCell(server: number, guest: number): boolean {
    const { cells, pinned } = this.#asks[server];
    if (guest === cells.length) return this.#devicesAreNear(server) && this.#placeServer(server + 1);
    const { milliVcpu, memoryMib } = cells[guest];
    const chosen = this.#chosen[server];
    for (let cell = this.#lowest(server, guest); cell < this.#cells.length; cell++) {
      const vcpu = pinned ? this.#freeVcpu[cell] : this.#cells[cell].milliVcpu;
      if (vcpu < milliVcpu || this.#freeMemory[cell] < memoryMib || chosen.includes(cell)) continue;
      if (++this.#tries > MOST_TRIES) return false;
      if (pinned) this.#freeVcpu[cell] -= milliVcpu;
      this.#freeMemory[cell] -= memoryMib;
      chosen.push(cell);
      if (this.#placeCell(server, guest + 1)) return true;
      chosen.pop();
      if (pinned) this.#freeVcpu[cell] += milliVcpu;
      this.#freeMemory[cell] += memoryMib;
    }
    return false;
  }

  /** Lower cells would only mirror an assignment that was tried before. */
  #lowest(server: number, guest: number): number {
    const { cells } = this.#asks[server];
    if (guest === 0) return this.#asks[server - 1] === this.#asks[server] ? this.#chosen[server - 1][0] : 0;
    const alike = cells[guest].milliVcpu === cells[guest - 1].milliVcpu &&
      cells[guest].memoryMib === cells[guest - 1].memoryMib;
    return alike ? this.#chosen[server][guest - 1] + 1 : 0;
  }

  /** Whether the servers up to this one that want devices near find them there. */
  #devicesAreNear(server: number): boolean {
    if (!this.#devices || !isNear(this.#asks[server])) return true;
    const demands = this.#asks.slice(0, server + 1).flatMap((shape, index): NearDemand[] => {
      const cells = this.#chosen[index].map((position) => this.#cells[position].cell);
      return isNear(shape) ? shape.devices!.map((device) => ({ ...device, cells })) : [];
    });
    return suffice(this.#host.pci ?? [], demands);
  }
}

function asksForCells(shape: HardwareShape): shape is CellAsk {
  return shape.cells !== null && shape.cells.length > 0;
}

function largestFirst(left: CellAsk, right: CellAsk): number {
  const largest = ({ cells }: CellAsk, amount: keyof CellNeed) =>
    Math.max(...cells.map((cell) => cell[amount]));
  return Number(right.pinned) - Number(left.pinned) ||
    largest(right, "milliVcpu") - largest(left, "milliVcpu") ||
    largest(right, "memoryMib") - largest(left, "memoryMib") || compareText(left.flavor, right.flavor);
}
