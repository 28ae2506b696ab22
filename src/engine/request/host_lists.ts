import type { Site } from "../model/site.ts";

/** Turns lists of host names into marks per host; a list that several servers share is turned once. */
export class HostLists {
  readonly #site: Site;
  readonly #allowed = new Map<readonly string[], Uint8Array>();
  readonly #forbidden = new Map<readonly string[], Uint8Array>();

  constructor(site: Site) {
    this.#site = site;
  }

  /** 1 for the hosts of the list. */
  only(names: readonly string[]): Uint8Array {
    return this.#cached(this.#allowed, names, 0);
  }

  /** 1 for the hosts that are not in the list. */
  except(names: readonly string[]): Uint8Array {
    return this.#cached(this.#forbidden, names, 1);
  }

  #cached(cache: Map<readonly string[], Uint8Array>, names: readonly string[], unlisted: 0 | 1): Uint8Array {
    const known = cache.get(names);
    if (known) return known;
    const marks = new Uint8Array(this.#site.size).fill(unlisted);
    for (const name of names) {
      const host = this.#site.hostNumber(name);
      if (host !== undefined) marks[host] = 1 - unlisted;
    }
    cache.set(names, marks);
    return marks;
  }
}
