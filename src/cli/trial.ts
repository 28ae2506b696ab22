import type { StaticIdentitySettings } from "../settings/settings.ts";

const STACK = "6b2f2a52-58d4-4f57-b6f4-0a0d2c5b7f11";

/** Two web servers that must not share a rack, as Heat would send them. */
const PLAN = {
  plan_name: "web",
  stack_id: STACK,
  resources: {
    "web-1": { type: "OS::Nova::Server", properties: { flavor: "m1.small" } },
    "web-2": { type: "OS::Nova::Server", properties: { flavor: "m1.small" } },
    "apart": {
      type: "ATT::Valet::GroupAssignment",
      properties: { group_type: "diversity", level: "rack", resources: ["web-1", "web-2"] },
    },
  },
};

/** Lines that show a newcomer a first plan; `identity` holds tokens that are no secret. */
export function trial(url: string, { tokens }: StaticIdentitySettings): string[] {
  const header = tokens.map(({ token }) => `-H 'X-Auth-Token: ${token}'`)[0];
  return [
    "Try it:",
    `  curl -s ${header} -H 'Content-Type: application/json' ${url}/v1/plans -d '${JSON.stringify(PLAN)}'`,
    `  curl -s ${header} ${url}/v1/plans/${STACK}`,
    `Tokens: ${tokens.map(({ token, roles }) => `${token} (${roles[0] ?? "no role"})`).join(", ")}`,
    "Stop it with Ctrl-C",
  ];
}
