import { createHash } from "node:crypto";
import type { Caller } from "../../../domain/caller.ts";
import { Unavailable } from "../../../ports/failures.ts";
import type { Credentials, Identity } from "../../../ports/identity.ts";
import { type CallRule, callRules, permits } from "./access_rules.ts";
import { ERROR, VALIDATED, type ValidatedToken } from "./answers.ts";
import { BoundedCache } from "./bounded_cache.ts";
import { Http } from "./http.ts";
import { Projects } from "./projects.ts";
import { Session, type SessionOptions, TOKEN_FORM } from "./session.ts";
import { SingleFlight } from "./single_flight.ts";

const CACHED_TOKENS = 10_000;

/** How long a token that is not good is remembered. */
const BAD_TOKEN_MS = 10_000;

const MAY_NOT_VALIDATE =
  "The service user may not validate tokens (403): give it the role 'service' or 'admin' " +
  "in the project that it logs in to, and restart Valet, as a login keeps its roles";

export interface KeystoneOptions extends Omit<SessionOptions, "http"> {
  /** Certificates in PEM that are trusted besides those that Deno trusts; null for none. */
  readonly ca: string | null;
  /** For one call to Keystone. */
  readonly timeoutMs: number;
  /** Longest time that a token that was good is taken for good; 0 asks each time. */
  readonly tokenCacheMs: number;
  readonly projectCacheMs: number;
  /** Any of them makes a token that of a service. */
  readonly serviceTokenRoles: readonly string[];
  readonly adminRoles: readonly string[];
  /** Admin roles count only in the project that Keystone's operator set apart for admins. */
  readonly requireAdminProject: boolean;
}

/** What is remembered of a token. */
interface GoodToken {
  readonly caller: Caller;
  /** Calls that it is good for; null for all. */
  readonly rules: readonly CallRule[] | null;
  readonly expiresAtMs: number;
}

/**
 * Callers and projects as Keystone, version 3, knows them. Tokens are remembered by their SHA-256 digest, for no longer
 * than they live; without an answer of Keystone nobody is let in.
 */
export class KeystoneIdentity implements Identity {
  readonly #options: KeystoneOptions;
  readonly #http: Http;
  readonly #session: Session;
  readonly #projects: Projects;
  readonly #good: BoundedCache<GoodToken>;
  readonly #bad: BoundedCache<true>;
  readonly #validations = new SingleFlight<GoodToken | null>();
  #rightsTold = false;

  /** Calls nobody yet. */
  constructor(options: KeystoneOptions) {
    const { ca, timeoutMs, clock, projectCacheMs, interface: wanted } = options;
    const nowMs = () => clock.monotonicMs();
    this.#options = options;
    this.#http = new Http({ timeoutMs, caCerts: ca === null ? [] : [ca] });
    this.#session = new Session({ ...options, http: this.#http });
    this.#projects = new Projects({
      session: this.#session,
      clock,
      cacheMs: projectCacheMs,
      ownOnly: wanted === "public",
    });
    this.#good = new BoundedCache({ capacity: CACHED_TOKENS, nowMs });
    this.#bad = new BoundedCache({ capacity: CACHED_TOKENS, nowMs });
  }

  async authenticate({ token, serviceToken, call }: Credentials): Promise<Caller | null> {
    const good = await this.#lookUp(token) ??
      (serviceToken !== null && await this.#isService(serviceToken, call)
        ? await this.#passedOn(token)
        : null);
    return good !== null && permits(good.rules, call) ? good.caller : null;
  }

  knownProjects(projectIds: readonly string[]): Promise<readonly string[]> {
    return this.#projects.known(projectIds);
  }

  /**
   * The first time it tells the log, too, when the service user may not validate tokens. That is no failure: a policy of
   * Keystone's own may let it validate some, and a service that is not ready can't find out.
   */
  async ping(): Promise<void> {
    await this.#session.ping();
    if (this.#rightsTold) return;
    if (!await this.#mayValidate()) {
      this.#options.logger.error("No caller can be let in", { reason: MAY_NOT_VALIDATE });
    }
    this.#rightsTold = true;
  }

  async check(): Promise<void> {
    await this.#session.ping();
    if (!await this.#mayValidate()) throw new Unavailable("identity", MAY_NOT_VALIDATE);
  }

  close(): Promise<void> {
    this.#http.close();
    return Promise.resolve();
  }

  /**
   * Whether Keystone's policy lets the service user validate tokens that are not its own. Without a token to validate
   * Keystone answers 403 to those who may not, and 404 to those who may (Keystone 30).
   */
  async #mayValidate(): Promise<boolean> {
    return (await this.#session.get("/auth/tokens?nocatalog")).status !== 403;
  }

  async #isService(token: string, call: Credentials["call"]): Promise<boolean> {
    const good = await this.#lookUp(token);
    return good !== null && permits(good.rules, call) &&
      good.caller.roles.some((role) => this.#options.serviceTokenRoles.includes(role));
  }

  #lookUp(token: string): Promise<GoodToken | null> {
    if (!TOKEN_FORM.test(token)) return Promise.resolve(null);
    const key = digest(token);
    const known = this.#good.get(key);
    if (known !== undefined && this.#options.clock.nowMs() < known.expiresAtMs) return Promise.resolve(known);
    if (this.#bad.get(key) !== undefined) return Promise.resolve(null);
    return this.#validations.run(key, async () => {
      const good = await this.#validate(token, { allowExpired: false });
      if (good === null) this.#bad.set(key, { value: true, lifeMs: BAD_TOKEN_MS });
      else this.#good.set(key, { value: good, lifeMs: this.#options.tokenCacheMs });
      return good;
    });
  }

  /** A user's token out of a service's hands, which may have expired. Its answer is not remembered. */
  #passedOn(token: string): Promise<GoodToken | null> {
    if (!TOKEN_FORM.test(token)) return Promise.resolve(null);
    return this.#validations.run(
      `${digest(token)} expired`,
      () => this.#validate(token, { allowExpired: true }),
    );
  }

  async #validate(token: string, { allowExpired }: { allowExpired: boolean }): Promise<GoodToken | null> {
    const path = `/auth/tokens?nocatalog${allowExpired ? "&allow_expired=1" : ""}`;
    const answer = await this.#session.get(path, {
      "x-subject-token": token,
      "openstack-identity-access-rules": "1",
    });
    if (answer.status === 403) throw new Unavailable("identity", MAY_NOT_VALIDATE);
    // A 404 of anybody but Keystone tells nothing about the token.
    if (answer.status === 404 && ERROR.safeParse(answer.body).success) {
      return this.#refused(token, "unknown or expired");
    }
    const parsed = VALIDATED.safeParse(answer.body);
    if (answer.status !== 200 || !parsed.success) throw this.#session.unexpected(answer, path);
    return this.#goodToken(parsed.data.token) ?? this.#refused(token, "not scoped to a project");
  }

  #goodToken(token: ValidatedToken): GoodToken | null {
    if (token.project === undefined) return null;
    const { adminRoles, requireAdminProject } = this.#options;
    const names = token.roles.map(({ name }) => name);
    const isAdminProject = !requireAdminProject || token.is_admin_project;
    return {
      caller: {
        userId: token.user.id,
        projectId: token.project.id,
        roles: isAdminProject ? names : names.filter((name) => !adminRoles.includes(name)),
      },
      rules: callRules(token.application_credential?.access_rules),
      expiresAtMs: token.expires_at,
    };
  }

  #refused(token: string, reason: string): null {
    this.#options.logger.debug("A token is not good", { reason, digest: digest(token).slice(0, 8) });
    return null;
  }
}

function digest(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
