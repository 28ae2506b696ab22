import { assertEquals, assertStringIncludes } from "@std/assert";
import { startKeystone } from "../../scripts/services/keystone.ts";
import { runValet } from "../support/cli_process.ts";
import { dataCenterFile } from "../support/data_centers.ts";
import { KeystoneAdmin, type NewUser } from "../support/keystone_admin.ts";
import { ConfigFolder } from "../support/settings_files.ts";

function config({ name, project }: NewUser, authUrl: string): string {
  const login = { auth_url: authUrl, username: name, password: "$VALET_PASSWORD", project_name: project };
  return `
    export const server = { host: "127.0.0.1" };
    export const identity = { config: ${JSON.stringify(login)} };
    export const music = { driver: "memory" };
    export const inventory = { driver: "file", path: "datacenter.json" };`;
}

Deno.test("check --connect accepts the roles that may validate tokens, and names them to a user without", async () => {
  await using keystone = await startKeystone();
  const admin = await KeystoneAdmin.login(keystone.authUrl);
  using folder = new ConfigFolder();
  folder.write("datacenter.json", JSON.stringify(dataCenterFile()));
  for (const [role, exitCode] of [["service", 0], ["admin", 0], ["member", 1]] as const) {
    const file = folder.write(`${role}.ts`, config(await admin.newUser(role), keystone.authUrl));
    const variables = { VALET_PASSWORD: "secret" };
    const ended = await runValet(["check", file, "--connect"], { variables });
    assertEquals(ended.exitCode, exitCode, role + ended.errors);
    const [stream, told] = exitCode === 0 ? [ended.output, "identity answers"] : [
      ended.errors,
      "error: identity: The service user may not validate tokens (403): give it the role 'service'",
    ];
    assertStringIncludes(stream, told);
  }
});
