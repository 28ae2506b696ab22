import {
  assert,
  assertEquals,
  assertLess,
  assertLessOrEqual,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { freePorts } from "../../../scripts/services/address.ts";
import { type RabbitMq, rabbitMq, startRabbitMq } from "../../../scripts/services/rabbitmq.ts";
import { Unavailable } from "../../../src/ports/failures.ts";
import { notification } from "../../support/notifier_suite.ts";
import { type Counts, eventually, rabbitSettings, TestNotifier } from "../../support/rabbit_notifier.ts";
import { Audience, countsOf, freshVhost, KINDS, startTelling } from "../../support/rabbit_site.ts";
import { type Phase, SteadyLoad } from "../../support/steady_load.ts";

/**
 * A phase whose answers are as fast as those of `baseline`, but for noise: what else the machine does may spoil a phase,
 * an outage that delays answers spoils them all.
 */
async function unhurtPhase(
  load: SteadyLoad,
  { baseline, ms = 0 }: { baseline: Phase; ms?: number },
): Promise<Phase> {
  const limitMs = 1.2 * baseline.p99Ms + 10;
  let phase = await load.phase({ calls: 1000, ms });
  for (let attempt = 1; attempt < 3 && phase.p99Ms > limitMs; attempt++) {
    phase = await load.phase({ calls: 1000 });
  }
  assertEquals([baseline.wrong, phase.wrong], [[], []]);
  assertLessOrEqual(phase.p99Ms, limitMs);
  return phase;
}

function totalOf(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function distinct(audience: Audience): number {
  return new Set(audience.heard.map(({ metadata }) => metadata.message_id)).size;
}

/** Milliseconds until one more notification is sent. */
async function untilResumed(sent: () => Promise<number>): Promise<number> {
  const begunMs = performance.now();
  const before = await sent();
  await eventually(async () => await sent() > before);
  return performance.now() - begunMs;
}

/** Of this process. */
function openSockets(): number {
  const targets = [...Deno.readDirSync("/proc/self/fd")].map(({ name }) => {
    try {
      return Deno.readLinkSync(`/proc/self/fd/${name}`);
    } catch {
      return "closed meanwhile";
    }
  });
  return targets.filter((target) => target.startsWith("socket:")).length;
}

let broker: RabbitMq;
Deno.test.beforeAll(async () => {
  broker = await startRabbitMq();
});
Deno.test.afterAll(async () => {
  await broker.stop();
});

Deno.test("[7-bus, 12-21] a broker that is killed and comes back delays no answer, and every notification is accounted for", async () => {
  const url = await freshVhost(broker);
  await using service = await startTelling(rabbitSettings(url, { declare: KINDS.durable.declare }));
  await using audience = await Audience.start(url, { kind: "durable" });
  const load = new SteadyLoad(service);
  const baseline = await load.phase({ calls: 1000 });
  await broker.kill();
  const down = await unhurtPhase(load, { baseline });
  assertEquals((await service.call("GET", "/readyz")).status, 200);
  // What the broker's own start takes of the processor is not measured.
  await broker.restart();
  const resumedMs = await untilResumed(async () => (await countsOf(service)).sent);
  const back = await unhurtPhase(load, { baseline });
  await load.stop();
  await eventually(async () => totalOf(await countsOf(service)) === load.total);
  const counts = await countsOf(service);
  await eventually(() => distinct(audience) >= counts.sent, 60_000);
  console.log({ baseline, down, back, resumedMs, counts, total: load.total, heard: distinct(audience) });
  assertLess(resumedMs, 6000);
  assertEquals(distinct(audience), counts.sent);
  assertEquals([totalOf(counts), counts.failed], [load.total, 0]);
  assert(counts.dropped_late > 0 && counts.sent > 2000);
});

Deno.test("[7-bus, 12-21] a broker that hangs delays no answer, and gets notifications once it goes on", async () => {
  const url = await freshVhost(broker);
  await using service = await startTelling(
    rabbitSettings(url, { declare: KINDS.durable.declare, queueLimit: 100 }),
  );
  await using audience = await Audience.start(url, { kind: "durable" });
  const load = new SteadyLoad(service);
  const baseline = await load.phase({ calls: 1000 });
  broker.freeze();
  // Longer than a confirm is waited for.
  const frozen = await unhurtPhase(load, { baseline, ms: 14_000 });
  broker.thaw();
  const resumedMs = await untilResumed(async () => (await countsOf(service)).sent);
  await load.stop();
  await eventually(async () => totalOf(await countsOf(service)) === load.total);
  const counts = await countsOf(service);
  await eventually(() => distinct(audience) >= counts.sent, 60_000);
  console.log({ baseline, frozen, resumedMs, counts, total: load.total, heard: distinct(audience) });
  assertLess(resumedMs, 6000);
  assertEquals(distinct(audience), counts.sent);
  assertEquals([totalOf(counts), counts.failed], [load.total, 0]);
  assert(counts.dropped_full > 0);
});

Deno.test("RabbitNotifier goes to the second server of its URL, and back", async () => {
  const brokers = await Promise.all(["one", "other"].map((name) => startRabbitMq({ name })));
  await using one = brokers[0], other = brokers[1];
  const both = `${one.url.slice(0, -1)},${other.url.slice("rabbit://".length)}`;
  await using tested = new TestNotifier(both);
  const heard = async (audience: Audience) => {
    const wanted = audience.heard.length + 1;
    tested.notifier.publish(() => notification());
    await audience.until(wanted);
  };
  {
    await using first = await Audience.start(one.url);
    await heard(first);
  }
  await using second = await Audience.start(other.url);
  await one.kill();
  await heard(second);
  await other.kill();
  await one.restart();
  await eventually(() => tested.log.of("Connected to RabbitMQ").length === 3);
  const servers = tested.log.of("Connected to RabbitMQ").map(({ server }) => server);
  assertEquals(servers, [one, other, one].map(({ port }) => `127.0.0.1:${port}`));
});

Deno.test("RabbitNotifier does not wait long for a server that accepts and says nothing", async () => {
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const url = broker.url.replace("rabbit://", `rabbit://u:p@127.0.0.1:${silent.addr.port},`);
  await using tested = new TestNotifier(url, { timeoutMs: 5000 });
  const begunMs = performance.now();
  tested.notifier.publish(() => notification());
  await eventually(() => tested.counts.sent === 1);
  assertLess(performance.now() - begunMs, 5000);
});

for (
  const { name, url, reason } of [
    { name: "a wrong password", url: "rabbit://messaging:hidden@host/", reason: "403 (ACCESS-REFUSED)" },
    {
      name: "an unknown virtual host",
      url: "rabbit://messaging:secret@host/hidden%2Fnova",
      reason: "Virtual host 'hidden/nova' is unknown, or not for this user",
    },
  ]
) {
  Deno.test(`${name} is told in the log, and the service goes on`, async () => {
    const settings = rabbitSettings(url.replace("host", `127.0.0.1:${broker.port}`), { timeoutMs: 500 });
    await using service = await startTelling(settings);
    await eventually(() => service.log.of("RabbitMQ can't be reached").length > 0);
    assertEquals((await service.call("GET", "/v1/groups")).status, 200);
    const ready = await service.call("GET", "/readyz");
    assertEquals([ready.status, ready.json<{ checks: { messaging: string } }>().checks.messaging], [
      200,
      "failed",
    ]);
    await eventually(async () => (await countsOf(service)).dropped_late === 1);
    await service.stop();
    const [told, ...more] = service.log.of("RabbitMQ can't be reached");
    assertStringIncludes(String(told.reason), reason);
    assertEquals([told.level, told.server, more.length], ["warn", `127.0.0.1:${broker.port}`, 0]);
    const [dropped] = service.log.of("Notifications were not delivered");
    assertEquals([dropped.dropped_late, dropped.sent], [1, 0]);
    assertEquals([service.log.text.includes("hidden@"), service.log.text.includes("secret")], [false, false]);
  });
}

Deno.test("a broker that is down when the service starts is a warning, and is found once it is there", async () => {
  await using late = rabbitMq({ name: "late", port: freePorts(4) });
  await using service = await startTelling(rabbitSettings(late.url));
  assertEquals((await service.call("GET", "/v1/groups")).status, 200);
  await eventually(() => service.log.of("RabbitMQ can't be reached").length > 0);
  await late.start();
  const upMs = performance.now();
  await eventually(() => service.log.of("Connected to RabbitMQ").length > 0);
  assertLess(performance.now() - upMs, 5000);
  assertEquals((await service.call("GET", "/v1/groups")).status, 200);
  await eventually(async () => (await countsOf(service)).sent === 1);
});

Deno.test("RabbitNotifier lets go of a broker that is silent for half a minute, also when there is nothing to say", async () => {
  const url = await freshVhost(broker);
  const socketsBefore = openSockets();
  const tested = new TestNotifier(url);
  await eventually(() => tested.log.of("Connected to RabbitMQ").length === 1);
  broker.freeze();
  try {
    await eventually(() => tested.log.of("Connection to RabbitMQ lost").length === 1, 40_000);
    await tested.notifier.close();
    await eventually(() => openSockets() === socketsBefore, 3000);
  } finally {
    broker.thaw();
  }
  assertEquals(tested.log.of("Connection to RabbitMQ lost")[0].reason, "Heartbeat timeout");
});

Deno.test("RabbitNotifier waits on the same connection for a broker that has no memory left", async () => {
  const url = await freshVhost(broker);
  await using tested = new TestNotifier(url, { timeoutMs: 500 });
  const publish = () => tested.notifier.publish(() => notification());
  publish();
  await eventually(() => tested.counts.sent === 1);
  await broker.control("-q", "set_vm_memory_high_watermark", "0");
  try {
    publish();
    await eventually(() =>
      tested.log.of("RabbitMQ takes no messages for want of memory or disk").length === 1
    );
    await assertRejects(() => tested.notifier.ping(), Unavailable, "RabbitMQ takes no messages");
    for (let index = 0; index < 5; index++) publish();
    await eventually(() => tested.counts.dropped_late === 5);
  } finally {
    await broker.control("-q", "set_vm_memory_high_watermark", "0.4");
  }
  await eventually(() => tested.counts.sent === 2);
  publish();
  await eventually(() => tested.counts.sent === 3);
  await tested.notifier.ping();
  assertEquals(tested.log.of("Connected to RabbitMQ").length, 1);
});

Deno.test("RabbitNotifier.close waits no longer than its timeout for a broker that hangs", async () => {
  const url = await freshVhost(broker);
  const tested = new TestNotifier(url, { timeoutMs: 1000 });
  tested.notifier.publish(() => notification());
  await eventually(() => tested.counts.sent === 1);
  broker.freeze();
  try {
    // A signal takes a moment to stop every thread.
    await new Promise((resolve) => setTimeout(resolve, 200));
    for (let index = 0; index < 20; index++) tested.notifier.publish(() => notification());
    const begunMs = performance.now();
    await tested.notifier.close();
    assertLess(performance.now() - begunMs, 2000);
    assertEquals(tested.counts, { sent: 1, dropped_full: 0, dropped_late: 4, failed: 16 });
  } finally {
    broker.thaw();
  }
});
