import { engineFor, request } from "../../support/engine_site.ts";
import { APPLICATIONS } from "../applications/applications.ts";
import { percentile } from "../load/figures.ts";
import { benchSite, SIZES } from "../sites/site.ts";

const instances = Number(Deno.args[0]);
const dataCenter = benchSite({ size: SIZES.XL, load: 0.4 });
const startMs = performance.now();
const engine = engineFor(dataCenter);
const loadMs = performance.now() - startMs;
const durations: number[] = [];
for (let seed = 1; seed <= instances; seed++) {
  const fromMs = performance.now();
  const decision = engine.place(request([], [], { application: APPLICATIONS.A2(seed), stackId: `${seed}` }));
  durations.push(performance.now() - fromMs);
  if (decision.kind === "refused") throw new Error(decision.refusal.sentence);
  engine.settle(decision.bookingId, "undone");
}
const status = Deno.readTextFileSync("/proc/self/status");
const peakMib = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
const [p50Ms, p99Ms] = [percentile(durations, 0.5), percentile(durations, 0.99)];
console.log(JSON.stringify({ p50Ms, p99Ms, loadMs, peakMib }));
