import { DIMENSIONS } from "../model/site.ts";
import { componentsOf } from "../search/components.ts";
import type { Node } from "../search/node.ts";
import { balance, Laplacian, sum } from "./laplacian.ts";
import { commonUnit, type Load, mostMass } from "./most_mass.ts";

/** Nodes of a component up to which its spectrum is looked at; a factorisation costs their number to the third. */
const MOST_NODES = 300;
/** Steps towards the second eigenvector: before anything else, in each round, and before it is proven. */
const SMOOTHING = { first: 8, round: 2, last: 60 };
/** Rounds in which the masses change, in the first of them by this share at most. */
const ROUNDS = 40;
const CHANGE = 0.3;
/** How many times what it is at first the bound is hoped to become. */
const HOPE = 2;
/** Parts of the estimated eigenvalue that are tried as a proven bound of it, the largest first. */
const TRIED = [0.999, 0.995, 0.99, 0.98, 0.97, 0.96, 0.94, 0.9, 0.8, 0.65, 0.5];
/** Share of the bound that is given away for what rounding may hide. */
const ROUNDING = 1e-6;

export interface CutOptions {
  /** By dimension, the most that any resource has free. */
  readonly room: readonly number[];
  /** Bandwidth that is known to be cut anyway; a bound that can't be hoped to be above it is not looked for. */
  readonly known: number;
}

/**
 * Bandwidth of pipes that are cut at least when no resource has room for all nodes that are connected. With a mass for
 * each node, a part of mass m of M is cut off by at least λ · m · (M − m) / M, where λ is the second eigenvalue of the
 * pipes' Laplacian for these masses (Fiedler, 1973; for partitions Donath and Hoffman, 1973), and parts are as heavy as
 * there is room for. This holds for any masses, so those are looked for that prove most.
 */
export function cutBound(nodes: readonly Node[], { room, known }: CutOptions): number {
  const spectra = componentsOf(nodes).flatMap((component) => {
    if (component.length < 3 || component.length > MOST_NODES) return [];
    const scarce = scarceRooms(component, room);
    return scarce.length > 0 ? [new Spectrum(component, scarce)] : [];
  });
  const hoped = HOPE * spectra.reduce((sum, { estimate }) => sum + estimate, 0);
  return hoped > known ? spectra.reduce((sum, spectrum) => sum + spectrum.improve().proven(), 0) : 0;
}

/** What nodes need of a dimension in which no resource has room for all of them. */
interface ScarceRoom {
  readonly needs: readonly number[];
  readonly room: number;
}

function scarceRooms(nodes: readonly Node[], room: readonly number[]): ScarceRoom[] {
  return Array.from({ length: DIMENSIONS }, (_, dimension) => ({
    needs: nodes.map(({ need, counted }) => counted.length > 0 ? 0 : need[dimension]),
    room: room[dimension],
  })).filter(({ needs, room }) => needs.reduce((sum, need) => sum + need, 0) > room);
}

/** Connected nodes with masses, and an estimate of the second eigenvalue, which is never too small. */
class Spectrum {
  readonly #nodes: readonly Node[];
  readonly #scarce: readonly ScarceRoom[];
  readonly #laplacian: Laplacian;
  readonly #masses: Float64Array;
  /** Balanced, and scaled to a sum of squares times masses of 1. */
  readonly #vector: Float64Array;
  #eigenvalue = 0;

  constructor(nodes: readonly Node[], scarce: readonly ScarceRoom[]) {
    this.#nodes = nodes;
    this.#scarce = scarce;
    this.#laplacian = new Laplacian(nodes);
    this.#masses = Float64Array.from(nodes, (_, index) => this.#laplacian.degree(index));
    // A fixed vector in general position.
    this.#vector = Float64Array.from(nodes, (_, index) => Math.sin(index + 1));
    this.#smooth(SMOOTHING.first);
  }

  /** What would be cut if the estimate were proven. */
  get estimate(): number {
    return this.#eigenvalue * this.#parts().spread;
  }

  /** Makes nodes heavier that don't fit together, and lighter where the eigenvector says that little cuts them off. */
  improve(): this {
    for (let round = 0; round < ROUNDS; round++) {
      this.#smooth(SMOOTHING.round);
      const gain = this.#gain();
      const most = Math.max(...gain.map(Math.abs));
      if (!(most > 0)) break;
      const step = CHANGE / Math.sqrt(1 + round) / most;
      for (let index = 0; index < gain.length; index++) this.#masses[index] *= 1 + step * gain[index];
    }
    this.#smooth(SMOOTHING.last);
    return this;
  }

  /** What is cut at least: as little as any set of whole pipes carries that is not below it. */
  proven(): number {
    const part = TRIED.find((part) => this.#laplacian.isAtLeast(part * this.#eigenvalue, this.#masses)) ?? 0;
    const unit = commonUnit(this.#nodes.flatMap(({ pipes }) => pipes.map(({ kbps }) => kbps)));
    return Math.ceil(part * this.estimate / unit * (1 - ROUNDING)) * unit;
  }

  #smooth(steps: number): void {
    balance(this.#vector, this.#masses);
    for (let step = 0; step < steps; step++) {
      this.#eigenvalue = this.#laplacian.smooth(this.#vector, this.#masses);
    }
  }

  /** The parts that are cut least: so many of the greatest mass there is room for, and the rest. */
  #parts() {
    const total = sum(this.#masses);
    const loads = this.#scarce.map(({ needs, room }) => mostMass(this.#masses, { needs, room }));
    const load = loads.reduce((least, load): Load => load.mass < least.mass ? load : least);
    const mass = Math.max(load.mass, ...this.#masses);
    const count = Math.floor(total / mass);
    const rest = total - count * mass;
    const squares = count * mass ** 2 + rest ** 2;
    return { total, mass, count, rest, squares, inside: load.inside, spread: (total - squares / total) / 2 };
  }

  /** By node, the derivative of the logarithm of the bound by that of its mass. */
  #gain(): Float64Array {
    const { total, mass, count, rest, squares, inside, spread } = this.#parts();
    const ofTotal = (1 + squares / total ** 2 - 2 * rest / total) / (2 * spread);
    const ofMass = count * (mass - rest) / total / spread;
    return this.#masses.map((own, node) => own * (ofTotal - ofMass * inside[node] - this.#vector[node] ** 2));
  }
}
