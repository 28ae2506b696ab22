import { assertEquals, assertMatch } from "@std/assert";
import { freePorts } from "../../scripts/services/address.ts";
import { type RabbitMq, startRabbitMq } from "../../scripts/services/rabbitmq.ts";
import { type Certificates, makeCertificates } from "../support/private_ca.ts";
import { notification } from "../support/notifier_suite.ts";
import { eventually, rabbitSettings, TestNotifier } from "../support/rabbit_notifier.ts";
import { Audience, startTelling } from "../support/rabbit_site.ts";

const folder = Deno.makeTempDirSync({ prefix: "valet-tls-" });
const port = freePorts(1);
let certificates: Certificates;
let broker: RabbitMq;

Deno.test.beforeAll(async () => {
  certificates = await makeCertificates(folder);
  broker = await startRabbitMq({
    settings: [
      `listeners.ssl.named = 127.0.0.1:${port}`,
      `listeners.ssl.other = 127.0.0.2:${port}`,
      `ssl_options.cacertfile = ${certificates.authority}`,
      `ssl_options.certfile = ${certificates.certificate}`,
      `ssl_options.keyfile = ${certificates.key}`,
    ],
  });
});
Deno.test.afterAll(async () => {
  await broker.stop();
  Deno.removeSync(folder, { recursive: true });
});

for (const host of ["127.0.0.1", "localhost"]) {
  for (const [scheme, query] of [["amqps", ""], ["rabbit", "?ssl=1"]]) {
    Deno.test(`RabbitNotifier speaks TLS to ${scheme}://${host}/${query} by a private authority`, async () => {
      const url = `${scheme}://messaging:secret@${host}:${port}/${query}`;
      const ca = Deno.readTextFileSync(certificates.authority);
      await using audience = await Audience.start(broker.url);
      await using service = await startTelling(rabbitSettings(url, { tls: { ca } }));
      assertEquals((await service.call("GET", "/v1/groups")).status, 200);
      await audience.until(1);
      const listed = await broker.control(
        "-q",
        "list_connections",
        "ssl",
        "user",
        "peer_cert_subject",
        "client_properties",
      );
      assertMatch(listed, /^true\tmessaging\t.*Valet/m);
    });
  }
}

Deno.test("RabbitNotifier trusts no authority but those it is given", async () => {
  const { authority } = await makeCertificates(Deno.makeTempDirSync({ dir: folder }));
  const url = `amqps://messaging:secret@localhost:${port}/`;
  for (const tls of [{ ca: null }, { ca: Deno.readTextFileSync(authority) }]) {
    await using tested = new TestNotifier(url, { tls, timeoutMs: 300 });
    tested.notifier.publish(() => notification());
    await eventually(() => tested.log.of("RabbitMQ can't be reached").length > 0 && tested.ended === 1);
    assertEquals(tested.counts.dropped_late, 1);
    assertMatch(
      String(tested.log.of("RabbitMQ can't be reached")[0].reason),
      /certificate|UnknownIssuer|BadSignature/,
    );
  }
});

Deno.test("RabbitNotifier refuses a server whose certificate is for another name", async () => {
  const ca = Deno.readTextFileSync(certificates.authority);
  await using tested = new TestNotifier(`amqps://messaging:secret@127.0.0.2:${port}/`, { tls: { ca } });
  await eventually(() => tested.log.of("RabbitMQ can't be reached").length > 0);
  assertMatch(
    String(tested.log.of("RabbitMQ can't be reached")[0].reason),
    /not valid for name|NotValidForName/,
  );
  assertEquals(tested.log.of("Connected to RabbitMQ"), []);
});

Deno.test("RabbitNotifier does not wait long for TLS with a server that speaks none", async () => {
  await using tested = new TestNotifier(`amqps://messaging:secret@127.0.0.1:${broker.port}/`, {
    tls: { ca: null },
  });
  await eventually(() => tested.log.of("RabbitMQ can't be reached").length > 0, 5000);
});
