import { assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { freePorts } from "../../scripts/services/address.ts";
import { startRabbitMq } from "../../scripts/services/rabbitmq.ts";
import { makeCertificates } from "../support/private_ca.ts";
import { freePort, ServingValet } from "../support/cli_process.ts";
import { dataCenterFile } from "../support/data_centers.ts";
import { Audience } from "../support/rabbit_site.ts";
import { ConfigFolder, MINIMAL_CONFIG } from "../support/settings_files.ts";

const program = [fileURLToPath(new URL("../../dist/valet", import.meta.url))];

Deno.test("dist/valet notifies RabbitMQ, without TLS and by TLS with a private authority", async () => {
  using folder = new ConfigFolder();
  const certificates = await makeCertificates(folder.path);
  const tlsPort = freePorts(1);
  await using broker = await startRabbitMq({
    settings: [
      `listeners.ssl.default = 127.0.0.1:${tlsPort}`,
      `ssl_options.cacertfile = ${certificates.authority}`,
      `ssl_options.certfile = ${certificates.certificate}`,
      `ssl_options.keyfile = ${certificates.key}`,
    ],
  });
  await using audience = await Audience.start(broker.url);
  folder.write("datacenter.json", JSON.stringify(dataCenterFile()));
  const ways = [
    { url: `rabbit://messaging:$OSLO_MSG_PASSWORD@127.0.0.1:${broker.port}/`, tls: "" },
    {
      url: `rabbit://messaging:$OSLO_MSG_PASSWORD@127.0.0.1:${tlsPort}/?ssl=1`,
      tls: 'tls: { cafile: "ca.pem" },',
    },
  ];
  for (const [index, { url, tls }] of ways.entries()) {
    const messaging = `export const messaging = { config: { transport_url: "${url}" }, ${tls} };`;
    const config = folder.write(`config${index}.ts`, MINIMAL_CONFIG + messaging);
    const variables = { OSLO_MSG_PASSWORD: "secret" };
    await using valet = await ServingValet.start([config, "--port", `${freePort()}`], { program, variables });
    await (await fetch(`${valet.url}/v1/groups`, { headers: { "x-auth-token": "t1" } })).body?.cancel();
    await audience.until(index + 1);
    valet.signal("SIGTERM");
    const { exitCode, output, errors } = await valet.ended();
    assertEquals(exitCode, 0);
    assertStringIncludes(errors, "Connected to RabbitMQ");
    assertEquals((output + errors).includes("secret"), false);
  }
});
