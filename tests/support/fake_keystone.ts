import type { KeystoneSettings } from "../../src/settings/settings.ts";

/** A token of the fake as `GET /v3/auth/tokens` shows it; what is missing gets a usual value. */
export interface FakeToken {
  readonly userId?: string;
  /** Null for a token that is not scoped to a project. */
  readonly projectId?: string | null;
  readonly roles?: readonly string[];
  readonly lifeMs?: number;
  readonly isAdminProject?: boolean;
  readonly accessRules?: readonly {
    readonly service: string;
    readonly method: string;
    readonly path: string;
  }[];
}

export interface SeenCall {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** `host:port` that was called. */
  readonly host: string;
  readonly headers: Headers;
}

/** Takes the place of an answer; null lets the fake answer. */
export type Fault = (call: SeenCall) => Response | Promise<Response> | null;

const HOUR_MS = 3_600_000;

/**
 * Speaks as much of Keystone's protocol, version 3, as Valet uses, on ports of the system's choice: for faults that a
 * real Keystone can't be made to show, and to see what is asked. Errors repeat tokens, as Keystone's do.
 */
export class FakeKeystone implements AsyncDisposable {
  readonly calls: SeenCall[] = [];
  readonly tokens = new Map<string, FakeToken>();
  /** By id, whether they are enabled. */
  readonly projects = new Map<string, boolean>();
  /** Endpoints of the identity service in the catalog, by interface. */
  readonly endpoints = new Map<string, string>();
  password = "secret";
  pageSize = 1000;
  serviceLifeMs = HOUR_MS;
  fault: Fault = () => null;
  readonly #servers: Deno.HttpServer<Deno.NetAddr>[] = [];
  /** Whether the service user has a role with which it may validate others' tokens. */
  mayValidate = true;
  /** Service tokens that are good. */
  readonly #issued = new Set<string>();
  readonly #tls: { cert: string; key: string } | null;
  #count = 0;

  /** Speaks TLS when it is given a certificate. */
  constructor({ tls = null }: { tls?: { cert: string; key: string } | null } = {}) {
    this.#tls = tls && { cert: tls.cert, key: tls.key };
    this.listen();
    for (const name of ["admin", "internal", "public"]) this.endpoints.set(name, `${this.url}/v3/`);
  }

  /** Base of its addresses, without version. */
  get url(): string {
    return this.#urlOf(this.#servers[0]);
  }

  /** Opens another port of the same service, and gives its base. */
  listen(): string {
    const options = { hostname: "127.0.0.1", port: 0, onListen: () => {}, ...this.#tls };
    const server = Deno.serve(options, (request) => this.#answer(request));
    this.#servers.push(server);
    return this.#urlOf(server);
  }

  /** Settings of a service that uses it. */
  settings(changes: Partial<KeystoneSettings> = {}): KeystoneSettings {
    return {
      driver: "keystone",
      policy: "admin",
      adminRoles: ["admin"],
      unowned: "admin",
      authUrl: this.url,
      login: {
        method: "password",
        username: "valet",
        password: "secret",
        userDomainName: "Default",
        projectName: "service",
        projectDomainName: "Default",
      },
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

  /** What was asked since the last time, as `GET /v3/projects`. */
  asked(): string[] {
    return this.calls.splice(0).map(({ method, path }) => `${method} ${path}`);
  }

  /** No service token is good any more. */
  forget(): void {
    this.#issued.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.shutdown()));
  }

  #urlOf({ addr: { port } }: Deno.HttpServer<Deno.NetAddr>): string {
    return `${this.#tls === null ? "http" : "https"}://127.0.0.1:${port}`;
  }

  #answer(request: Request): Response | Promise<Response> {
    const { pathname, search, host } = new URL(request.url);
    const { method, headers } = request;
    const call = { method, path: pathname + search, host, headers };
    this.calls.push(call);
    const fault = this.fault(call);
    if (fault !== null) return fault;
    if (method === "POST" && pathname === "/v3/auth/tokens") return this.#issue(request);
    const own = headers.get("x-auth-token") ?? "";
    if (!this.#issued.has(own)) return keystoneError(401, `Token ${own}`);
    if (pathname === "/v3/auth/tokens") return this.#validate(headers.get("x-subject-token") ?? "", search);
    if (pathname === "/v3/projects" || pathname === "/v3/auth/projects") return this.#list(pathname, search);
    return this.#show(pathname.replace("/v3/projects/", ""));
  }

  async #issue(request: Request): Promise<Response> {
    const { auth: { identity } } = await request.json();
    const secret = identity.password?.user.password ?? identity.application_credential?.secret;
    if (secret !== this.password) return keystoneError(401, `${secret} is wrong`);
    const token = `gAAAAA-service-${++this.#count}`;
    this.#issued.add(token);
    const endpoints = [...this.endpoints].map(([name, url]) => ({ interface: name, url, region_id: "one" }));
    const catalog = [{ type: "compute", endpoints: [] }, { type: "identity", endpoints }];
    const body = { token: { ...times(this.serviceLifeMs), catalog } };
    return Response.json(body, { status: 201, headers: { "X-Subject-Token": token } });
  }

  #validate(subject: string, search: string): Response {
    if (this.#issued.has(subject)) return shown({ roles: ["service"] });
    if (!this.mayValidate && (subject === "" || this.tokens.has(subject))) return keystoneError(403);
    const token = this.tokens.get(subject);
    const isExpired = (token?.lifeMs ?? HOUR_MS) <= 0 && !search.includes("allow_expired=1");
    if (token === undefined || isExpired) return keystoneError(404, `Could not find token: ${subject}`);
    return shown(token);
  }

  /** As Keystone 30: cut off at the size of a page, and only who asks for a limit is told of a next one. */
  #list(path: string, search: string): Response {
    const query = new URLSearchParams(search);
    const all = [...this.projects].map(([id, enabled]) => ({ id, enabled, name: id, is_domain: false }));
    if (path.startsWith("/v3/auth/")) {
      return Response.json({ projects: all, links: { next: null, self: path } });
    }
    const start = Number(query.get("marker") ?? 0);
    const end = start + Math.min(this.pageSize, Number(query.get("limit") ?? this.pageSize));
    const isTold = query.has("limit") && end < all.length;
    const next = isTold
      ? `http://elsewhere.example.com${path}?limit=${query.get("limit")}&marker=${end}`
      : null;
    return Response.json({ projects: all.slice(start, end), links: { next, self: path } });
  }

  #show(id: string): Response {
    const enabled = this.projects.get(id);
    if (enabled === undefined) return keystoneError(404, `Could not find project: ${id}`);
    return Response.json({ project: { id, enabled, name: id, is_domain: false } });
  }
}

/** An error in Keystone's form. */
export function keystoneError(code: number, message = "secret words"): Response {
  return Response.json({ error: { code, message, title: "Error" } }, { status: code });
}

function shown(
  { userId = "u-1", projectId = "p-1", roles = [], lifeMs = HOUR_MS, ...rest }: FakeToken,
): Response {
  const { isAdminProject, accessRules } = rest;
  const token = {
    ...times(lifeMs),
    methods: ["password"],
    user: { id: userId, name: userId, domain: { id: "default", name: "Default" } },
    ...(projectId === null ? {} : { project: { id: projectId, name: projectId } }),
    roles: roles.map((name) => ({ id: `id-of-${name}`, name })),
    ...(isAdminProject === undefined ? {} : { is_admin_project: isAdminProject }),
    ...(accessRules ? { application_credential: { id: "a", name: "a", access_rules: accessRules } } : {}),
  };
  return Response.json({ token });
}

/** Keystone gives microseconds. */
function times(lifeMs: number): { issued_at: string; expires_at: string } {
  const written = (ms: number) => new Date(ms).toISOString().replace("Z", "000Z");
  return { issued_at: written(Date.now() - Math.max(0, -lifeMs)), expires_at: written(Date.now() + lifeMs) };
}
