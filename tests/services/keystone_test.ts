import { assertEquals } from "@std/assert";
import { exists } from "../../scripts/services/folders.ts";
import { type Keystone, startKeystone } from "../../scripts/services/keystone.ts";
import { type Account, ACCOUNTS } from "../../scripts/services/keystone_accounts.ts";
import { noProcessNames } from "../support/service_processes.ts";

interface Token {
  readonly expires_at: string;
  readonly issued_at: string;
  readonly project: { readonly name: string };
  readonly roles: readonly { readonly name: string }[];
  readonly catalog: readonly {
    readonly type: string;
    readonly endpoints: readonly { readonly url: string }[];
  }[];
}

async function login({ authUrl }: Keystone, { name, password, project }: Account) {
  const domain = { id: "default" };
  const identity = { methods: ["password"], password: { user: { name, password, domain } } };
  const answer = await fetch(`${authUrl}/auth/tokens`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ auth: { identity, scope: { project: { name: project, domain } } } }),
  });
  const { token }: { token: Token } = await answer.json();
  return { status: answer.status, secret: answer.headers.get("x-subject-token")!, token };
}

function accountOf(name: string): Account {
  return ACCOUNTS.find((account) => account.name === name)!;
}

Deno.test("startKeystone gives accounts with their roles, and a catalog with Valet", async () => {
  await using keystone = await startKeystone();
  for (const account of ACCOUNTS) {
    const { token } = await login(keystone, account);
    const roles = new Set(token.roles.map(({ name }) => name));
    assertEquals(token.project.name, account.project);
    assertEquals(account.roles.filter((role) => !roles.has(role)), [], account.name);
  }
  const { token } = await login(keystone, accountOf("demo"));
  const urls = Object.fromEntries(token.catalog.map(({ type, endpoints }) => [type, endpoints[0].url]));
  assertEquals(urls, {
    identity: `${keystone.authUrl}/`,
    valet: "http://127.0.0.1:8090/v1",
    compute: "http://127.0.0.1:8774/v2.1",
  });
});

Deno.test("startKeystone gives one whose tokens survive a kill, and leaves nothing behind", async () => {
  const keystone = await startKeystone({ tokenSeconds: 120 });
  const { folder, authUrl } = keystone;
  const { secret, token } = await login(keystone, accountOf("valet"));
  assertEquals(Date.parse(token.expires_at) - Date.parse(token.issued_at), 120_000);

  await keystone.restart();
  const headers = { "x-auth-token": secret, "x-subject-token": secret };
  const validated = await fetch(`${authUrl}/auth/tokens?nocatalog`, { headers });
  await validated.body?.cancel();
  assertEquals(validated.status, 200);

  await keystone.stop();
  assertEquals({ left: exists(folder), state: await keystone.state() }, { left: false, state: "down" });
  await noProcessNames(folder);
});
