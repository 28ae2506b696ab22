import { Problem } from "./problem.ts";
import { badResource, echo, type RawResource, valetError } from "./raw_resources.ts";

/** Assignments inside assignments, counted from the outermost. */
const DEEPEST_NESTING = 32;

/** What is read here of an assignment. */
interface Container {
  readonly id: string;
  /** Ids or names. */
  readonly members: readonly string[];
}

export interface ResolveOptions {
  readonly names: ResourceNames;
  /** Whether resources of a type can be members; others are left out of assignments without a word. */
  readonly isPlaced: (type: string) => boolean;
}

/** What the names in a request stand for: an id is taken before a name. */
export class ResourceNames {
  readonly #types: ReadonlyMap<string, string>;
  readonly #sameName: ReadonlyMap<string, readonly RawResource[]>;

  constructor(raw: readonly RawResource[]) {
    this.#types = new Map(raw.map(({ id, type }) => [id, type]));
    this.#sameName = Map.groupBy(raw, ({ name }) => name);
  }

  /** The id of a resource by its id or its name; null when there is none. */
  find(idOrName: string): string | null | Problem {
    if (this.#types.has(idOrName)) return idOrName;
    const named = this.#sameName.get(idOrName) ?? [];
    if (named.length > 1) return valetError(400, `resource name '${echo(idOrName)}' is ambiguous`);
    return named[0]?.id ?? null;
  }

  /** The same, where there has to be one. */
  resolve(idOrName: string): string | Problem {
    return this.find(idOrName) ?? valetError(400, `invalid resource = ${echo(idOrName)}`);
  }

  /** Type of a resource of the request. */
  typeOf(id: string): string {
    return this.#types.get(id)!;
  }
}

/** The members of each assignment by its id, as ids. */
export function resolveMembers(
  assignments: readonly Container[],
  { names, isPlaced }: ResolveOptions,
): ReadonlyMap<string, readonly string[]> | Problem {
  const resolved = new Map<string, readonly string[]>();
  for (const assignment of assignments) {
    const members = new Set<string>();
    for (const member of assignment.members) {
      const id = names.resolve(member);
      if (id instanceof Problem) return id;
      if (isPlaced(names.typeOf(id))) members.add(id);
    }
    resolved.set(assignment.id, [...members]);
  }
  return misnested(resolved) ?? resolved;
}

/** An assignment that is being looked into. */
const OPEN = 0;

/** The refusal of the first assignment that contains itself or is nested too deep; null when there is none. */
function misnested(assignments: ReadonlyMap<string, readonly string[]>): Problem | null {
  const heights = new Map<string, number>();
  const heightOf = (id: string, above: number): number | Problem => {
    const members = assignments.get(id);
    if (!members) return 0;
    const known = heights.get(id);
    if (known === OPEN) return badResource(id, "group assignments must not contain each other in a cycle");
    if (above + (known ?? 1) > DEEPEST_NESTING) {
      return badResource(id, `group assignments must be nested at most ${DEEPEST_NESTING} deep`);
    }
    if (known !== undefined) return known;
    heights.set(id, OPEN);
    let height = 1;
    for (const member of members) {
      const below = heightOf(member, above + 1);
      if (below instanceof Problem) return below;
      height = Math.max(height, 1 + below);
    }
    heights.set(id, height);
    return height;
  };
  for (const id of assignments.keys()) {
    const height = heightOf(id, 0);
    if (height instanceof Problem) return height;
  }
  return null;
}
