import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { freePort, ServingValet } from "../support/cli_process.ts";
import { FakeKeystone } from "../support/fake_keystone.ts";
import { makePrivateCertificate } from "../support/private_ca.ts";
import { ConfigFolder } from "../support/settings_files.ts";

const program = [fileURLToPath(new URL("../../dist/valet", import.meta.url))];
const DATA_CENTER = new URL("../../config/demo_datacenter.json", import.meta.url);

/** Config of a service that asks a Keystone which `cafile` vouches for. */
function config({ authUrl, cafile }: { authUrl: string; cafile: string }): string {
  const keystone = {
    username: "valet",
    password: "$PASSWORD",
    project_name: "service",
    auth_url: authUrl,
    cafile,
  };
  return `
    export const server = { host: "127.0.0.1", port: ${freePort()} };
    export const identity = { config: ${JSON.stringify(keystone)} };
    export const music = { driver: "memory" };
    export const inventory = { driver: "file", path: "datacenter.json" };`;
}

Deno.test("dist/valet trusts the private authority of a Keystone that it is told", async () => {
  using certificate = await makePrivateCertificate();
  using folder = new ConfigFolder();
  await using keystone = new FakeKeystone({ tls: certificate });
  keystone.tokens.set("t", { roles: ["admin"] });
  folder.write("datacenter.json", Deno.readTextFileSync(DATA_CENTER));
  const file = folder.write("config.ts", config({ authUrl: keystone.url, cafile: certificate.cafile }));
  await using valet = await ServingValet.start([file], {
    program,
    variables: { PASSWORD: "secret" },
    folder: folder.path,
  });
  const statusOf = async (token: string) => {
    const answer = await fetch(`${valet.url}/v1/plans`, { headers: { "x-auth-token": token } });
    await answer.body?.cancel();
    return answer.status;
  };
  assertEquals([await statusOf("t"), await statusOf("u")], [200, 401]);
});
