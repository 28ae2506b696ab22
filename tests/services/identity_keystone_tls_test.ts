import { assertEquals, assertStringIncludes } from "@std/assert";
import { startKeystone } from "../../scripts/services/keystone.ts";
import { KeystoneAdmin, keystoneSettings } from "../support/keystone_admin.ts";
import { makePrivateCertificate } from "../support/private_ca.ts";
import { startService, type TestService } from "../support/service.ts";

/** Speaks TLS, and passes everything on to a Keystone that does not. */
function startProxy(
  target: string,
  { cert, key }: { cert: string; key: string },
): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, cert, key, onListen: () => {} }, async (request) => {
    const { pathname, search } = new URL(request.url);
    const { method, headers } = request;
    const body = method === "GET" ? undefined : await request.arrayBuffer();
    return await fetch(target + pathname + search, { method, headers, body, redirect: "manual" });
  });
}

/** Puts another URL for Keystone itself into the catalog. */
async function moveTo(url: string, admin: KeystoneAdmin): Promise<void> {
  const { services } = await admin.send<{ services: { id: string }[] }>("GET", "services?type=identity");
  for (const service of services) {
    const path = `endpoints?service_id=${service.id}`;
    const { endpoints } = await admin.send<{ endpoints: { id: string }[] }>("GET", path);
    for (const { id } of endpoints) {
      await admin.send("PATCH", `endpoints/${id}`, { body: { endpoint: { url } } });
    }
  }
}

Deno.test("KeystoneIdentity speaks TLS with a Keystone whose authority it is told, and with no other", async () => {
  using certificate = await makePrivateCertificate();
  await using keystone = await startKeystone();
  const admin = await KeystoneAdmin.login(keystone.authUrl);
  const proxy = startProxy(`http://127.0.0.1:${keystone.port}`, certificate);
  try {
    const url = `https://127.0.0.1:${proxy.addr.port}/v3`;
    await moveTo(url, admin);
    const statusWith = async (ca: string | null, look: (service: TestService) => void) => {
      const identity = { ...keystoneSettings(url, { ca }), policy: "admin" } as const;
      await using service = await startService({ settings: { identity } });
      const { status } = await service.call("GET", "/v1", { token: admin.ownToken });
      look(service);
      return status;
    };
    assertEquals(await statusWith(Deno.readTextFileSync(certificate.cafile), () => {}), 200);
    const refused = await statusWith(null, ({ log }) => {
      assertStringIncludes(
        String(log.of("A dependency failed")[0].reason),
        "invalid peer certificate: UnknownIssuer",
      );
    });
    assertEquals(refused, 503);
  } finally {
    await proxy.shutdown();
  }
});
