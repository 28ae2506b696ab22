/** Who can log in at a Keystone that this room starts; all in the domain `default`. */
export interface Account {
  readonly name: string;
  readonly password: string;
  readonly project: string;
  readonly roles: readonly string[];
}

const PASSWORD = "secret";

/** Made with the database itself. */
export const ADMIN: Account = { name: "admin", password: PASSWORD, project: "admin", roles: ["admin"] };

/** Valet's own, the users of a project with each of OpenStack's roles, and one of another project. */
export const ACCOUNTS: readonly Account[] = [
  ADMIN,
  account("valet", "service", "admin", "service"),
  account("demo", "demo", "member"),
  account("demo-reader", "demo", "reader"),
  account("demo-manager", "demo", "manager"),
  account("blue", "blue", "member"),
];

/** The region of all endpoints; made with the database too. */
export const REGION = "RegionOne";

interface CatalogEntry {
  readonly type: string;
  readonly name: string;
  readonly url: string;
}

/** What else is in the catalog; a Nova need not be there. */
const CATALOG: readonly CatalogEntry[] = [
  { type: "valet", name: "valet", url: "http://127.0.0.1:8090/v1" },
  { type: "compute", name: "nova", url: "http://127.0.0.1:8774/v2.1" },
];

function account(name: string, project: string, ...roles: string[]): Account {
  return { name, password: PASSWORD, project, roles };
}

/** Answered with a list under the collection's name, or one object under its singular. */
type Answer = Record<string, unknown>;

interface Named {
  readonly id: string;
}

/** Keystone's identity API v3, as an administrator. */
class Administration {
  readonly #url: string;
  readonly #token: string;

  private constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  static async login(url: string): Promise<Administration> {
    const domain = { id: "default" };
    const user = { name: ADMIN.name, password: ADMIN.password, domain };
    const identity = { methods: ["password"], password: { user } };
    const scope = { project: { name: ADMIN.project, domain } };
    const answer = await fetch(`${url}/auth/tokens`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ auth: { identity, scope } }),
    });
    await answer.body?.cancel();
    if (answer.status !== 201) throw new Error(`Keystone answered a login with ${answer.status}`);
    return new Administration(url, answer.headers.get("x-subject-token")!);
  }

  async send(method: string, path: string, body?: Answer): Promise<Answer> {
    const answer = await fetch(`${this.#url}/${path}`, {
      method,
      headers: { "x-auth-token": this.#token, "content-type": "application/json" },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`Keystone answered ${method} "${path}" with ${answer.status}: ${text}`);
    return text === "" ? {} : JSON.parse(text);
  }

  /** The id of the only member of a collection with these properties, which is made when there is none. */
  async ensure(
    collection: string,
    { search, more = {} }: { search: Record<string, string>; more?: Answer },
  ): Promise<string> {
    const found = await this.send("GET", `${collection}?${new URLSearchParams(search)}`);
    const [first] = found[collection] as Named[];
    if (first) return first.id;
    const singular = collection.slice(0, -1);
    const made = await this.send("POST", collection, { [singular]: { ...search, ...more } });
    return (made[singular] as Named).id;
  }
}

/** Makes what is missing of accounts and catalog, but for Keystone's own entry. */
export async function addAccountsAndCatalog(url: string): Promise<void> {
  const keystone = await Administration.login(url);
  for (const each of ACCOUNTS) await addAccount(keystone, each);
  for (const entry of CATALOG) await addEntry(keystone, entry);
}

/** Makes Keystone's entry in its own catalog, which tells where it listens. */
export async function addOwnEntry(url: string): Promise<void> {
  await addEntry(await Administration.login(url), { type: "identity", name: "keystone", url: `${url}/` });
}

async function addAccount(
  keystone: Administration,
  { name, password, project, roles }: Account,
): Promise<void> {
  const domain = { domain_id: "default" };
  const projectId = await keystone.ensure("projects", { search: { name: project, ...domain } });
  const more = { password, default_project_id: projectId };
  const userId = await keystone.ensure("users", { search: { name, ...domain }, more });
  for (const role of roles) {
    const roleId = await keystone.ensure("roles", { search: { name: role } });
    await keystone.send("PUT", `projects/${projectId}/users/${userId}/roles/${roleId}`);
  }
}

async function addEntry(keystone: Administration, { type, name, url }: CatalogEntry): Promise<void> {
  const serviceId = await keystone.ensure("services", { search: { type, name } });
  for (const entrance of ["public", "internal", "admin"]) {
    const search = { service_id: serviceId, interface: entrance, region_id: REGION };
    await keystone.ensure("endpoints", { search, more: { url } });
  }
}
