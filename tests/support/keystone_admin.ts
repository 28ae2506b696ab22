import { ACCOUNTS } from "../../scripts/services/keystone_accounts.ts";
import type { KeystoneSettings } from "../../src/settings/settings.ts";

const DOMAIN = { id: "default" };

/** Who logs in, and where to. */
interface Person {
  readonly name: string;
  readonly password?: string;
  /** What the token is for; a project by its name. */
  readonly scope?: { readonly project: string } | "unscoped" | "system" | "domain";
}

/** A project by its id, and a user with roles in it. */
export interface NewUser {
  readonly name: string;
  readonly userId: string;
  readonly project: string;
  readonly projectId: string;
}

/** A real Keystone in the hands of its administrator. */
export class KeystoneAdmin {
  readonly #authUrl: string;
  /** The administrator's. */
  readonly ownToken: string;

  private constructor(authUrl: string, token: string) {
    this.#authUrl = authUrl;
    this.ownToken = token;
  }

  /** `authUrl` ends with the version. */
  static async login(authUrl: string): Promise<KeystoneAdmin> {
    return new KeystoneAdmin(authUrl, await issue(authUrl, passwordAuth({ name: "admin" })));
  }

  /** A token of a person; of one of `ACCOUNTS` for its own project unless told otherwise. */
  token(person: Person): Promise<string> {
    return issue(this.#authUrl, passwordAuth(person));
  }

  /** A token by an application credential. */
  credentialToken({ id, secret }: { id: string; secret: string }): Promise<string> {
    const identity = { methods: ["application_credential"], application_credential: { id, secret } };
    return issue(this.#authUrl, { identity });
  }

  /** Calls Keystone as its administrator, or with `token`. Throws what it says when it refuses. */
  async send<T = Record<string, { id: string }>>(
    method: string,
    path: string,
    { body, token = this.ownToken, headers = {} }: {
      body?: unknown;
      token?: string;
      headers?: Record<string, string>;
    } = {},
  ): Promise<T> {
    const answer = await fetch(`${this.#authUrl}/${path}`, {
      method,
      headers: { "x-auth-token": token, "content-type": "application/json", ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`Keystone answers ${method} ${path} with ${answer.status}: ${text}`);
    return text === "" ? {} as T : JSON.parse(text);
  }

  async idOf(collection: "projects" | "users" | "roles", name: string): Promise<string> {
    const found = await this.send<Record<string, { id: string }[]>>("GET", `${collection}?name=${name}`);
    return found[collection][0].id;
  }

  async newProject(): Promise<{ id: string; name: string }> {
    const name = fresh("project");
    const { project } = await this.send("POST", "projects", {
      body: { project: { name, domain_id: DOMAIN.id } },
    });
    return { id: project.id, name };
  }

  /** A user with these roles in a project of its own. */
  async newUser(...roles: string[]): Promise<NewUser> {
    const project = await this.newProject();
    const name = fresh("user");
    const { user } = await this.send("POST", "users", {
      body: { user: { name, password: "secret", domain_id: DOMAIN.id } },
    });
    const made = { name, userId: user.id, project: project.name, projectId: project.id };
    for (const role of roles) await this.grant(role, { userId: user.id, projectId: project.id });
    return made;
  }

  async grant(role: string, { userId, projectId }: { userId: string; projectId: string }): Promise<void> {
    await this.send("PUT", await this.#grantPath(role, { userId, projectId }));
  }

  async withdraw(role: string, { userId, projectId }: { userId: string; projectId: string }): Promise<void> {
    await this.send("DELETE", await this.#grantPath(role, { userId, projectId }));
  }

  async newRole(): Promise<string> {
    const name = fresh("role");
    await this.send("POST", "roles", { body: { role: { name } } });
    return name;
  }

  async revoke(token: string): Promise<void> {
    await this.send("DELETE", "auth/tokens", { headers: { "x-subject-token": token } });
  }

  /** An application credential of a user, for some calls only when `rules` are given. */
  async newCredential(
    user: NewUser,
    rules?: readonly { service: string; method: string; path: string }[],
  ): Promise<{ id: string; secret: string }> {
    const token = await this.token({ name: user.name, scope: { project: user.project } });
    const body = {
      application_credential: { name: fresh("credential"), ...(rules ? { access_rules: rules } : {}) },
    };
    const made = await this.send<{ application_credential: { id: string; secret: string } }>(
      "POST",
      `users/${user.userId}/application_credentials`,
      { body, token },
    );
    return made.application_credential;
  }

  async #grantPath(
    role: string,
    { userId, projectId }: { userId: string; projectId: string },
  ): Promise<string> {
    return `projects/${projectId}/users/${userId}/roles/${await this.idOf("roles", role)}`;
  }
}

/** Settings of a Valet that is the user `valet` of a Keystone. */
export function keystoneSettings(
  authUrl: string,
  changes: Partial<KeystoneSettings> = {},
): Omit<KeystoneSettings, "policy" | "adminRoles" | "unowned"> {
  return {
    driver: "keystone",
    authUrl: authUrl.replace(/\/v3$/, ""),
    login: passwordLogin("valet", "service"),
    interface: "admin",
    region: null,
    ca: null,
    timeoutMs: 5000,
    tokenCacheMs: 60_000,
    projectCacheMs: 60_000,
    serviceTokenRoles: ["service"],
    requireAdminProject: false,
    ...changes,
  };
}

export function passwordLogin(
  username: string,
  projectName: string,
  { password = "secret" } = {},
): KeystoneSettings["login"] {
  const domains = { userDomainName: "Default", projectDomainName: "Default" };
  return { method: "password", username, password, projectName, ...domains };
}

let count = 0;

function fresh(kind: string): string {
  return `${kind}-${++count}`;
}

function passwordAuth({ name, password = "secret", scope }: Person): object {
  const own = ACCOUNTS.find((account) => account.name === name)?.project;
  const identity = { methods: ["password"], password: { user: { name, password, domain: DOMAIN } } };
  if (scope === "unscoped") return { identity, scope };
  if (scope === "system") return { identity, scope: { system: { all: true } } };
  if (scope === "domain") return { identity, scope: { domain: DOMAIN } };
  return { identity, scope: { project: { name: scope?.project ?? own, domain: DOMAIN } } };
}

async function issue(authUrl: string, auth: object): Promise<string> {
  const answer = await fetch(`${authUrl}/auth/tokens?nocatalog`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ auth }),
  });
  const text = await answer.text();
  if (answer.status !== 201) throw new Error(`Keystone answers a login with ${answer.status}: ${text}`);
  return answer.headers.get("x-subject-token")!;
}
