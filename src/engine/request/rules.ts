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

/** The rules of an application, read once. */
export class Rules {
  readonly #rules: readonly { readonly type: GroupType; readonly level: Level; readonly rule: Rule }[];

  constructor(application: Application) {
    const positions = new Map(application.servers.map(({ id }, position) => [id, position]));
    const below = serversBelow(application);
    this.#rules = joinedAssignments(application).map((assignment) => {
      const { type, level, name, members, softWeight = null, mostPerResource: most = 1 } = assignment;
      const units = [...new Set(members)]
        .map((member) => [...below.get(member) ?? []].map((id) => positions.get(id)!))
        .filter((unit) => unit.length > 0);
      const servers = [...new Set(units.flat())].sort((a, b) => a - b);
      return { type, level, rule: { name, most, softWeight, units, servers } };
    });
  }

  /** Those of one type and level, those that must hold or the others. */
  of(
    { type: wanted, level: at, soft = false }: {
      readonly type: GroupType;
      readonly level: Level;
      readonly soft?: boolean;
    },
  ): Rule[] {
    return this.#rules.filter(({ type, level, rule: { softWeight } }) =>
      type === wanted && level === at && (softWeight !== null) === soft
    ).map(({ rule }) => rule);
  }
}

/** Which servers affinity keeps together, by level: everything that a narrower level joins is joined above too. */
export class Companions {
  /** By level: servers that an affinity rule of exactly this level names. */
  readonly bound: readonly ReadonlySet<number>[];
  readonly #sets: readonly UnionFind[];

  /** `size`: servers of the application. */
  constructor(rules: Rules, size: number) {
    const sets = LEVELS.map(() => new UnionFind(size));
    this.bound = LEVELS.map((level, rank) => {
      const together = rules.of({ type: "affinity", level });
      for (const { servers } of together) {
        for (const server of servers) {
          for (const wider of sets.slice(rank)) wider.merge(servers[0], server);
        }
      }
      return new Set(together.flatMap(({ servers }) => servers));
    });
    this.#sets = sets;
  }

  /** Smallest position among the servers that share a resource of the level with this one. */
  leader(level: number, server: number): number {
    return this.#sets[level].find(server);
  }
}
