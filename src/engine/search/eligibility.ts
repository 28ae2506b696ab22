import { CONSTRAINTS } from "../constraints/mod.ts";
import type { Site } from "../model/site.ts";
import type { Node } from "./node.ts";

/** The hosts that the fixed part of every rule leaves to a node. */
export interface Eligible {
  /** 1 for each such host. */
  readonly hosts: Uint8Array;
  readonly count: number;
  /** The branches with such hosts, ascending. */
  readonly branches: Int32Array;
}

const FIXED = CONSTRAINTS.flatMap(({ admits }) => admits ?? []);

/** Keeps what was found for each kind of node, as most nodes of a site are of few kinds. */
export class Eligibility {
  readonly #site: Site;
  readonly #limit: number;
  readonly #known = new Map<string, Eligible>();

  /** `limit`: kinds remembered at once; each takes a byte per host. */
  constructor(site: Site, { limit = 64 }: { limit?: number } = {}) {
    this.#site = site;
    this.#limit = limit;
  }

  of(node: Node): Eligible {
    if (node.hostLists.length > 0) return this.#judge(node);
    const key = JSON.stringify([node.zones, node.extraSpecs, node.largest, node.traits, node.hardware]);
    const known = this.#known.get(key);
    if (known) return known;
    const found = this.#judge(node);
    if (this.#known.size >= this.#limit) this.#known.delete(this.#known.keys().next().value!);
    this.#known.set(key, found);
    return found;
  }

  #judge(node: Node): Eligible {
    const hosts = new Uint8Array(this.#site.size);
    let count = 0;
    for (let host = 0; host < hosts.length; host++) {
      if (!FIXED.every((admits) => admits(node, host, this.#site))) continue;
      hosts[host] = 1;
      count++;
    }
    return { hosts, count, branches: this.#site.branches.withAny(hosts) };
  }
}
