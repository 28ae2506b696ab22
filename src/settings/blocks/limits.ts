import { block, integer } from "../fields.ts";
import type { Findings } from "../findings.ts";
import type { LimitSettings } from "../settings.ts";

const LIMITS = block({
  plans: integer(1, 10_000_000).default(100_000),
  resources_per_plan: integer(1, 100_000).default(5000),
  open_decisions: integer(1, 100_000).default(200),
}).prefault({});

export function readLimits(raw: unknown, findings: Findings): LimitSettings | null {
  const limits = findings.parse(LIMITS, { value: raw, path: "limits" });
  if (limits === null) return null;
  const { plans, resources_per_plan: resourcesPerPlan, open_decisions: openDecisions } = limits;
  return { plans, resourcesPerPlan, openDecisions };
}
