import { MOST_PER_HOST } from "../../domain/moves.ts";
import { PROFILES } from "../../domain/quality.ts";
import { block, integer, number, oneOf, seconds } from "../fields.ts";
import type { Findings } from "../findings.ts";
import type { OptimizerSettings, OstroSettings } from "../settings.ts";

const LONGEST_WAIT_MS = 60_000;
const LONGEST_CONFIGURED_MS = 600_000;

const OPTIMIZER = block({
  driver: oneOf(["embedded", "queue", "mailbox"]).default("embedded"),
  profile: oneOf(PROFILES).default("pack"),
  steps: integer(1000, 1_000_000_000).default(5_000_000),
  improve_steps: integer(0, 1_000_000_000).default(1_500_000),
  move_steps: integer(1000, 1_000_000_000).default(20_000_000),
  moves_per_plan: integer(1, 100_000).default(1000),
  moves_per_host: integer(1, MOST_PER_HOST).default(2),
  emergency_seconds: seconds(0.1, 600).default(20_000),
  lease_seconds: integer(2, 60).default(4),
}).prefault({});

const OSTRO = block({
  tries: integer(1, 1_000_000).default(600),
  interval: number(0.001, 600).default(0.1),
  ping_seconds: seconds(0.1, 60).default(5000),
}).prefault({});

/** Who decides, and how hard it tries. */
export function readOptimizer(raw: unknown, findings: Findings): OptimizerSettings | null {
  const optimizer = findings.parse(OPTIMIZER, { value: raw, path: "optimizer" });
  if (optimizer === null) return null;
  const { driver, profile, steps } = optimizer;
  if (driver === "mailbox") {
    findings.unavailable("optimizer", "Driver 'mailbox' is not in this build");
    return null;
  }
  return {
    driver,
    leaseMs: optimizer.lease_seconds * 1000,
    profile,
    steps,
    improveSteps: optimizer.improve_steps,
    moveSteps: optimizer.move_steps,
    movesPerPlan: optimizer.moves_per_plan,
    movesPerHost: optimizer.moves_per_host,
    emergencyMs: optimizer.emergency_seconds,
  };
}

/** How long the API waits for a decision: tries × interval, at most one minute. */
export function readOstro(raw: unknown, findings: Findings): OstroSettings | null {
  const ostro = findings.parse(OSTRO, { value: raw, path: "ostro" });
  if (ostro === null) return null;
  const waitMs = Math.round(ostro.tries * ostro.interval * 1000);
  if (waitMs > LONGEST_CONFIGURED_MS) {
    findings.error("ostro", "Wanted tries × interval of at most 600 seconds");
  } else if (waitMs > LONGEST_WAIT_MS) {
    findings.warning("ostro", "Waits of more than 60 seconds are cut to 60 seconds");
  }
  return { decisionMs: Math.min(waitMs, LONGEST_WAIT_MS), pingMs: ostro.ping_seconds };
}
