import { assertEquals } from "@std/assert";
import { ProcessSignals } from "../../src/cli/stop_signals.ts";

for (
  const { name, timesMs, exits } of [
    { name: "asks to stop at the first signal", timesMs: [0], exits: [] },
    { name: "ends the process at a second signal", timesMs: [0, 1000], exits: [130] },
    { name: "takes signals within a second for one press of a key", timesMs: [0, 1, 999], exits: [] },
  ]
) {
  Deno.test(`ProcessSignals ${name}`, async () => {
    const ended: number[] = [];
    let nowMs = 0;
    using signals = new ProcessSignals({ monotonicMs: () => nowMs, exit: (code) => ended.push(code) });
    const first = signals.first();
    for (nowMs of timesMs) signals.receive();
    await first;
    assertEquals(ended, exits);
  });
}
