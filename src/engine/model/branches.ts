import type { LevelIndex } from "./site.ts";

/** Levels above the host that have links. */
const LINKED = [1, 2] as const;

/** The hosts by the links above them: those of one branch share all links but their own. */
export class Branches {
  /** By branch, its hosts, ascending. */
  readonly hosts: readonly Int32Array[];
  /** Branch of each host. */
  readonly ofHost: Int32Array;

  constructor(levels: readonly LevelIndex[], { size }: { size: number }) {
    const members = new Map<string, number[]>();
    for (let host = 0; host < size; host++) {
      const shared = LINKED.map((level) => levels[level].ofHost[host]).join();
      const known = members.get(shared);
      if (known) known.push(host);
      else members.set(shared, [host]);
    }
    this.hosts = [...members.values()].map((hosts) => Int32Array.from(hosts));
    this.ofHost = new Int32Array(size);
    for (const [branch, hosts] of this.hosts.entries()) for (const host of hosts) this.ofHost[host] = branch;
  }

  /** Branches with a host that is marked with 1, ascending. */
  withAny(marks: Uint8Array): Int32Array {
    const found = new Uint8Array(this.hosts.length);
    for (let host = 0; host < marks.length; host++) found[this.ofHost[host]] |= marks[host];
    return Int32Array.from(found.keys().filter((branch) => found[branch] === 1));
  }
}
