import type { HardwareShape } from "./hardware_shape.ts";
import { cellsSuffice, devicesSuffice } from "./packing.ts";
import type { Site } from "./site.ts";

const SUFFICE = { cells: cellsSuffice, devices: devicesSuffice };

/** Questions whose verdicts are remembered at once; each takes a byte per host. */
const MOST_QUESTIONS = 32;

const UNKNOWN = 0;
const YES = 1;
const NO = 2;

/** What the servers that are held ask of the cells and devices of their hosts; no server is tied to certain ones. */
export class Hardware {
  readonly #site: Site;
  readonly #held = new Map<number, HardwareShape[]>();
  /** By question, what was found of each host since it changed last. */
  readonly #verdicts = new Map<string, Uint8Array>();

  constructor(site: Site) {
    this.#site = site;
  }

  /** Puts (`sign` 1) servers of these shapes on a host, or takes them off (−1). */
  place(host: number, shapes: readonly HardwareShape[], sign: 1 | -1): void {
    if (shapes.length === 0) return;
    const held = this.#held.get(host) ?? [];
    for (const shape of shapes) {
      if (sign === 1) held.push(shape);
      else remove(held, shape);
    }
    if (held.length > 0) this.#held.set(host, held);
    else this.#held.delete(host);
    for (const verdicts of this.#verdicts.values()) verdicts[host] = UNKNOWN;
  }

  /**
   * A test of hosts, to be used before anything else is placed: whether their cells, or devices, suffice for what is
   * held there and for the node's. For a node judged on one host alone, what is counted there for it is taken off.
   */
  test(
    what: keyof typeof SUFFICE,
    { hardware, at }: {
      readonly hardware: readonly HardwareShape[];
      readonly at: { readonly host: number; readonly hardware: readonly HardwareShape[] } | null;
    },
  ): (host: number) => boolean {
    const verdicts = this.#remembered(JSON.stringify([what, ...hardware.map(({ flavor }) => flavor)]));
    const suffices = (host: number, counted: readonly HardwareShape[] = []) => {
      const held = [...this.#held.get(host) ?? []];
      for (const shape of counted) remove(held, shape);
      return SUFFICE[what](this.#site.hosts[host], [...held, ...hardware]);
    };
    return (host) => {
      if (at?.host === host) return suffices(host, at.hardware);
      if (verdicts[host] === UNKNOWN) verdicts[host] = suffices(host) ? YES : NO;
      return verdicts[host] === YES;
    };
  }

  #remembered(question: string): Uint8Array {
    const known = this.#verdicts.get(question);
    if (known) return known;
    const [oldest] = this.#verdicts.keys();
    if (this.#verdicts.size >= MOST_QUESTIONS) this.#verdicts.delete(oldest);
    const verdicts = new Uint8Array(this.#site.size);
    this.#verdicts.set(question, verdicts);
    return verdicts;
  }
}

function remove(held: HardwareShape[], shape: HardwareShape): void {
  const position = held.indexOf(shape);
  if (position === -1) throw new Error(`No server of flavor "${shape.flavor}" is held there`);
  held.splice(position, 1);
}
