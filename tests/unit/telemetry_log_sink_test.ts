import { assert, assertEquals } from "@std/assert";
import { BatchedSink, type LogTarget } from "../../src/telemetry/log_sink.ts";
import { openLogTarget } from "../../src/telemetry/log_target.ts";
import { Rejected } from "../../src/ports/failures.ts";

/** Takes at most `portion` bytes at a time; fails or waits when told. */
class TestTarget implements LogTarget {
  text = "";
  writes = 0;
  closed = false;
  failing = false;
  gate: Promise<void> = Promise.resolve();

  constructor(readonly portion = Infinity) {}

  async write(bytes: Uint8Array): Promise<number> {
    this.writes += 1;
    await this.gate;
    if (this.failing) throw new Error("No space left on device");
    const part = bytes.subarray(0, this.portion);
    this.text += new TextDecoder().decode(part);
    return part.length;
  }

  close(): void {
    this.closed = true;
  }
}

function sinkOn(target: LogTarget, options: { delayMs?: number; maxWaiting?: number } = {}): BatchedSink {
  return new BatchedSink({ target, lossLine: (lines) => `lost ${lines}\n`, delayMs: 0, ...options });
}

Deno.test("BatchedSink.close writes every accepted line in order, then closes the target", async () => {
  const target = new TestTarget(7);
  const sink = sinkOn(target, { delayMs: 60_000 });
  const lines = Array.from({ length: 100 }, (_, index) => `line ${index}\n`);
  for (const line of lines) sink.write(line);
  await sink.close();
  assertEquals(target.text, lines.join(""));
  assert(target.closed);
});

Deno.test("BatchedSink.write puts lines that come together into one write", async () => {
  const target = new TestTarget();
  const sink = sinkOn(target);
  for (let index = 0; index < 1000; index++) sink.write("line\n");
  await sink.close();
  assertEquals(target.writes, 1);
});

Deno.test("BatchedSink.write keeps lines that come while the target is slow", async () => {
  const target = new TestTarget();
  const { promise, resolve } = Promise.withResolvers<void>();
  target.gate = promise;
  const sink = sinkOn(target);
  sink.write("first\n");
  while (target.writes === 0) await new Promise((done) => setTimeout(done, 0));
  sink.write("second\n");
  const closed = sink.close();
  resolve();
  await closed;
  assertEquals([target.text, target.writes], ["first\nsecond\n", 2]);
});

Deno.test("BatchedSink.write bounds what waits and tells how many lines were lost", async () => {
  const target = new TestTarget();
  const sink = sinkOn(target, { maxWaiting: 12, delayMs: 60_000 });
  for (const line of ["12345\n", "12345\n", "lost\n", "lost\n"]) sink.write(line);
  await sink.close();
  assertEquals(target.text, "lost 2\n12345\n12345\n");
});

Deno.test("BatchedSink goes on after a failing target, and tells how many lines were lost", async () => {
  const target = new TestTarget();
  const sink = sinkOn(target);
  target.failing = true;
  sink.write("one\n");
  sink.write("two\n");
  while (target.writes === 0) await new Promise((done) => setTimeout(done, 0));
  target.failing = false;
  sink.write("three\n");
  await sink.close();
  assertEquals(target.text, "lost 2\nthree\n");
});

Deno.test("BatchedSink.close may be repeated, and lines after it are ignored", async () => {
  const target = new TestTarget();
  const sink = sinkOn(target);
  sink.write("line\n");
  await Promise.all([sink.close(), sink.close()]);
  sink.write("late\n");
  await sink.close();
  assertEquals(target.text, "line\n");
});

Deno.test("openLogTarget appends to valet.log in a folder that it makes, closed to others", async () => {
  const folder = Deno.makeTempDirSync();
  const dir = `${folder}/log`;
  for (const line of ["one\n", "two\n"]) {
    const sink = sinkOn(openLogTarget(dir));
    sink.write(line);
    await sink.close();
  }
  assertEquals(Deno.readTextFileSync(`${dir}/valet.log`), "one\ntwo\n");
  assertEquals(Deno.statSync(`${dir}/valet.log`).mode! & 0o007, 0);
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("openLogTarget refuses a folder that can't be made, naming the file", () => {
  try {
    openLogTarget("/proc/none");
  } catch (error) {
    assert(error instanceof Rejected && error.message.includes("'/proc/none/valet.log'"));
    return;
  }
  throw new Error("Expected an exception");
});
