import type { Application } from "../../domain/application.ts";
import type { GroupType } from "../../domain/group.ts";
import { type Level, LEVELS } from "../../domain/levels.ts";
import { joinedAssignments, serversBelow } from "../../domain/memberships.ts";
import { UnionFind } from "./union_find.ts";

/** An assignment in terms of positions in the application's servers. */
export interface Rule {
  readonly name: string;
  /** Of a diversity rule: members that may share a resource. */
  readonly most: number;
  /** What breaking it costs; null for a rule that must hold. */
  readonly softWeight: number | null;
  /** Servers below each direct member. */
  readonly units: readonly (readonly number[])[];
  /** Servers below the assignment, each once, ascending. */
  readonly servers: readonly number[];
}

/** The assignments of one type and level, those that must hold or the others. */
export function rulesOf(
  application: Application,
  { type: wanted, level: at, soft = false }: {
    readonly type: GroupType;
    readonly level: Level;
    readonly soft?: boolean;
  },
): Rule[] {
  const positions = new Map(application.servers.map(({ id }, position) => [id, position]));
  const below = serversBelow(application);
  return joinedAssignments(application)
    .filter(({ type, level, softWeight }) =>
      type === wanted && level === at && (softWeight !== undefined) === soft
    )
    .map(({ name, members, softWeight = null, mostPerResource: most = 1 }) => {
      const units = [...new Set(members)]
        .map((member) => [...below.get(member) ?? []].map((id) => positions.get(id)!))
        .filter((unit) => unit.length > 0);
      const servers = [...new Set(units.flat())].sort((a, b) => a - b);
      return { name, most, softWeight, units, servers };
    });
}

/** Which servers affinity keeps together, by level: everything that a narrower level joins is joined above too. */
export class Companions {
  /** By level: servers that an affinity rule of exactly this level names. */
  readonly bound: readonly ReadonlySet<number>[];
  readonly #sets: readonly UnionFind[];

  constructor(application: Application) {
    const size = application.servers.length;
    const sets = LEVELS.map(() => new UnionFind(size));
    this.bound = LEVELS.map((level, rank) => {
      const rules = rulesOf(application, { type: "affinity", level });
      for (const { servers } of rules) {
        for (const server of servers) {
          for (const wider of sets.slice(rank)) wider.merge(servers[0], server);
        }
      }
      return new Set(rules.flatMap(({ servers }) => servers));
    });
    this.#sets = sets;
  }

  /** Smallest position among the servers that share a resource of the level with this one. */
  leader(level: number, server: number): number {
    return this.#sets[level].find(server);
  }
}
