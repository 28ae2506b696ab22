import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { CERTIFICATE, KEY } from "../support/certificates.ts";
import { startService } from "../support/service.ts";

const TLS = { settings: { server: { tls: { cert: CERTIFICATE, key: KEY } } } };

for (
  const { protocol, http2 } of [{ protocol: "HTTP/1.1", http2: false }, { protocol: "HTTP/2", http2: true }]
) {
  Deno.test(`compose serves ${protocol} over TLS with the certificate of the settings, and its links say so`, async () => {
    await using service = await startService(TLS);
    assertMatch(service.url, /^https:/);
    using client = Deno.createHttpClient({ caCerts: [CERTIFICATE], http1: !http2, http2 });
    const versions = await fetch(`${service.url}/`, { client });
    assertEquals((await versions.json()).versions[0].links[0].href, `${service.url}/v1/`);
    const headers = { "x-auth-token": "admin" };
    const groups = await fetch(`${service.url}/v1/groups`, { client, headers });
    assertEquals([groups.status, await groups.json()], [200, { groups: [] }]);
  });
}

Deno.test("compose answers nobody without TLS where it serves TLS", async () => {
  await using service = await startService(TLS);
  await assertRejects(() => fetch(service.url.replace("https:", "http:")), TypeError);
});
