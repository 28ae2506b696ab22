import type { Clock } from "../../../ports/clock.ts";
import { Unavailable } from "../../../ports/failures.ts";
import type { Logger } from "../../../ports/logger.ts";
import { ISSUED, VALIDATED } from "./answers.ts";
import { endpointOf, type Interface } from "./endpoint.ts";
import { type Http, type HttpAnswer, type HttpCall, unexpected } from "./http.ts";
import { SingleFlight } from "./single_flight.ts";

/** A token is renewed when less than this, or than half of its life, is left of it. */
const RENEWAL_MS = 120_000;

/** A login that Keystone has refused is not tried again for so long: many refusals may lock the service user out. */
const REFUSED_MS = 10_000;

/** Who the service is for Keystone. */
export type Login =
  | {
    readonly method: "password";
    readonly username: string;
    readonly password: string;
    readonly userDomainName: string;
    readonly projectName: string;
    readonly projectDomainName: string;
  }
  | { readonly method: "application_credential"; readonly id: string; readonly secret: string };

export interface SessionOptions {
  readonly http: Http;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where the service logs in, without version and slash at the end. */
  readonly authUrl: string;
  readonly login: Login;
  /** Whose endpoint in the catalog gets all other calls. */
  readonly interface: Interface;
  /** Region of that endpoint; null takes any. */
  readonly region: string | null;
}

interface ServiceToken {
  readonly text: string;
  /** Where calls go, with version. */
  readonly base: string;
  readonly renewMs: number;
}

/** What can stand in a header as a token: printable ASCII, at most 8192 characters. */
export const TOKEN_FORM = /^[\x21-\x7e]{1,8192}$/;

/** Calls to Keystone in the name of the service. */
export class Session {
  readonly #options: SessionOptions;
  readonly #logins = new SingleFlight<ServiceToken>();
  #current: ServiceToken | null = null;
  #refused: { readonly error: Unavailable; readonly untilMs: number } | null = null;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /**
   * `GET` of a path below the version. A service token that is no longer good is replaced once. Throws `Unavailable`.
   */
  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<HttpAnswer> {
    return this.#get(path, () => headers);
  }

  /** Resolves when Keystone takes the service's token for good. Throws `Unavailable`. */
  async ping(): Promise<void> {
    const path = "/auth/tokens?nocatalog";
    const answer = await this.#get(path, ({ text }) => ({ "x-subject-token": text }));
    if (answer.status !== 200 || !VALIDATED.safeParse(answer.body).success) {
      throw this.unexpected(answer, path);
    }
  }

  /** For an answer to `get` that is none. */
  unexpected(answer: HttpAnswer, path: string): Unavailable {
    return unexpected(answer, { method: "GET", url: `${this.#current?.base ?? ""}${path}` });
  }

  async #get(path: string, headers: (own: ServiceToken) => Record<string, string>): Promise<HttpAnswer> {
    const { http } = this.#options;
    const send = (own: ServiceToken) =>
      http.send({
        method: "GET",
        url: own.base + path,
        headers: { ...headers(own), "x-auth-token": own.text },
      });
    const first = await this.#token();
    const answer = await send(first);
    if (answer.status !== 401) return answer;
    if (this.#current === first) this.#current = null;
    const second = await send(await this.#token());
    if (second.status === 401) {
      throw new Unavailable(
        "identity",
        "Keystone does not accept the token that it gave to the service user",
      );
    }
    return second;
  }

  async #token(): Promise<ServiceToken> {
    const current = this.#current;
    if (current !== null && this.#options.clock.monotonicMs() < current.renewMs) return current;
    return await this.#logins.run("", () => this.#logIn());
  }

  async #logIn(): Promise<ServiceToken> {
    const { http, clock, authUrl, login } = this.#options;
    const startedMs = clock.monotonicMs();
    if (this.#refused !== null && startedMs < this.#refused.untilMs) throw this.#refused.error;
    const call: HttpCall = { method: "POST", url: `${authUrl}/v3/auth/tokens`, body: loginBody(login) };
    const answer = await http.send(call);
    if (answer.status === 401) {
      throw this.#refuse(`Keystone refuses the service user (401): check ${keysOf(login)}`);
    }
    const issued = ISSUED.safeParse(answer.body);
    const text = answer.headers.get("x-subject-token");
    if (answer.status !== 201 || !issued.success || text === null || !TOKEN_FORM.test(text)) {
      throw unexpected(answer, call);
    }
    const { issued_at, expires_at, catalog } = issued.data.token;
    // Both times are Keystone's, whose clock may differ from this machine's.
    const lifeMs = Math.max(0, expires_at - issued_at);
    const renewMs = startedMs + lifeMs - Math.min(RENEWAL_MS, lifeMs / 2);
    this.#refused = null;
    return this.#current = { text, renewMs, base: `${this.#endpoint(catalog)}/v3` };
  }

  #endpoint(catalog: Parameters<typeof endpointOf>[0]): string {
    const { interface: wanted, region, authUrl } = this.#options;
    const found = endpointOf(catalog, { interface: wanted, region });
    if (found !== null) return found;
    if (wanted === "admin") return authUrl;
    const where = region === null ? "" : ` in region '${region}'`;
    throw this.#refuse(
      `Keystone's catalog has no endpoint '${wanted}' of itself${where}: check identity.config.interface`,
    );
  }

  #refuse(text: string): Unavailable {
    this.#options.logger.error("The service user can't log in", { reason: text });
    const error = new Unavailable("identity", text, REFUSED_MS);
    this.#refused = { error, untilMs: this.#options.clock.monotonicMs() + REFUSED_MS };
    return error;
  }
}

function loginBody(login: Login): object {
  if (login.method === "application_credential") {
    const { method, id, secret } = login;
    return { auth: { identity: { methods: [method], application_credential: { id, secret } } } };
  }
  const { method, username, password, userDomainName, projectName, projectDomainName } = login;
  const user = { name: username, domain: { name: userDomainName }, password };
  return {
    auth: {
      identity: { methods: [method], password: { user } },
      scope: { project: { name: projectName, domain: { name: projectDomainName } } },
    },
  };
}

function keysOf({ method }: Login): string {
  return method === "password"
    ? "identity.config.username, password and project_name, and that the user has a role in the project"
    : "identity.config.application_credential_id and application_credential_secret";
}
