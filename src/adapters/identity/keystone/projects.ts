import type { z } from "zod";
import type { Clock } from "../../../ports/clock.ts";
import { Unavailable } from "../../../ports/failures.ts";
import { ERROR, type Project, PROJECT_PAGE, PROJECT_SHOWN } from "./answers.ts";
import { BoundedCache } from "./bounded_cache.ts";
import type { HttpAnswer } from "./http.ts";
import type { Session } from "./session.ts";

/** More ids than this are looked for in the list of all projects. */
const MOST_SHOWN = 50;

/** Projects that are asked for at once. */
const AT_ONCE = 8;

/** Pages have at most a thousand projects unless Keystone is told otherwise. */
const MOST_PAGES = 1000;

const CACHED_PROJECTS = 10_000;

/** A project that is made now shall not stay unknown for long. */
const LONGEST_UNKNOWN_MS = 10_000;

/** What can be an id of Keystone's; nothing in it means anything in a URL. */
const ID_FORM = /^[\w-]{1,64}$/;

/**
 * Lists all projects, for those who may. Keystone 27 to 30 cut the list off at `max_db_limit` (1000), and tell of a
 * next page only where a limit is asked for.
 */
const ALL = "/projects?limit=1000";
/** Lists the projects in which the caller has a role, whole. */
const OWN = "/auth/projects";

export interface ProjectsOptions {
  readonly session: Session;
  readonly clock: Clock;
  /** How long an answer is remembered. */
  readonly cacheMs: number;
  /** Ask only for the service user's own projects. */
  readonly ownOnly: boolean;
}

/** Which projects there are. */
export class Projects {
  readonly #options: ProjectsOptions;
  readonly #cache: BoundedCache<boolean>;

  constructor(options: ProjectsOptions) {
    this.#options = options;
    this.#cache = new BoundedCache({ capacity: CACHED_PROJECTS, nowMs: () => options.clock.monotonicMs() });
  }

  /** Those of `ids` that exist and are enabled, in their order. Throws `Unavailable`. */
  async known(ids: readonly string[]): Promise<readonly string[]> {
    const remembered = new Map(ids.map((id) => [id, ID_FORM.test(id) ? this.#cache.get(id) : false]));
    const asked = [...remembered.keys()].filter((id) => remembered.get(id) === undefined);
    const found = asked.length > 0 ? await this.#find(asked) : new Set();
    const { cacheMs } = this.#options;
    for (const id of asked) {
      const value = found.has(id);
      this.#cache.set(id, { value, lifeMs: value ? cacheMs : Math.min(cacheMs, LONGEST_UNKNOWN_MS) });
    }
    return ids.filter((id) => remembered.get(id) ?? found.has(id));
  }

  async #find(ids: readonly string[]): Promise<ReadonlySet<string>> {
    if (!this.#options.ownOnly) {
      const found = ids.length > MOST_SHOWN ? await this.#list(ALL, ids) : await this.#showEach(ids);
      if (found !== null) return found;
    }
    const found = await this.#list(OWN, ids);
    if (found === null) throw new Unavailable("identity", "The service user may not list its projects (403)");
    return found;
  }

  /** Null when the service user may not see projects. */
  async #showEach(ids: readonly string[]): Promise<ReadonlySet<string> | null> {
    const found = new Set<string>();
    for (let start = 0; start < ids.length; start += AT_ONCE) {
      const answers = await Promise.all(ids.slice(start, start + AT_ONCE).map((id) => this.#show(id)));
      if (answers.includes("forbidden")) return null;
      ids.slice(start, start + AT_ONCE).filter((_, index) => answers[index] === true).forEach((id) =>
        found.add(id)
      );
    }
    return found;
  }

  async #show(id: string): Promise<boolean | "forbidden"> {
    const path = `/projects/${id}`;
    const answer = await this.#options.session.get(path);
    if (answer.status === 403) return "forbidden";
    if (answer.status === 404 && ERROR.safeParse(answer.body).success) return false;
    const { project } = this.#parsed(PROJECT_SHOWN, { answer, path });
    return project.id === id && isUsable(project);
  }

  /** Reads pages until all are found; null when the service user may not see them. */
  async #list(first: string, ids: readonly string[]): Promise<ReadonlySet<string> | null> {
    const missing = new Set(ids);
    let path = first;
    for (let page = 0; page < MOST_PAGES; page++) {
      const answer = await this.#options.session.get(path);
      if (answer.status === 403) return null;
      const { projects, links } = this.#parsed(PROJECT_PAGE, { answer, path });
      for (const project of projects) if (isUsable(project)) missing.delete(project.id);
      if (missing.size === 0 || !links.next) return new Set(ids).difference(missing);
      // Only the query: the service's token is for the endpoint of the catalog, whatever a link names.
      path = first.split("?")[0] + links.next.slice((links.next + "?").indexOf("?"));
    }
    throw new Unavailable("identity", `Keystone's list of projects has more than ${MOST_PAGES} pages`);
  }

  #parsed<T>(schema: z.ZodType<T>, { answer, path }: { answer: HttpAnswer; path: string }): T {
    const parsed = schema.safeParse(answer.body);
    if (answer.status !== 200 || !parsed.success) throw this.#options.session.unexpected(answer, path);
    return parsed.data;
  }
}

/** A domain is a project to Keystone, but none that owns servers. */
function isUsable({ enabled, is_domain }: Project): boolean {
  return enabled && !is_domain;
}
