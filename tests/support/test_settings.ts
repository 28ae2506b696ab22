import type { Settings, StaticToken } from "../../src/settings/settings.ts";

/** Projects that the test service knows; every token's project is among them. */
export const PROJECTS = [
  "p-admin",
  "p-blue",
  "p-green",
  "p-service",
  "b7d1f0c2a9e84f8a8f6d1c2e3b4a5968",
  "0d9c8b7a695847362514f3e2d1c0b9a8",
] as const;

/** Tokens of the test service: what each says is its own name. */
export const TOKENS: readonly StaticToken[] = [
  token("admin", "p-admin", "admin"),
  token("member", "p-blue", "member"),
  token("reader", "p-blue", "reader"),
  token("other", "p-green", "member"),
  token("service", "p-service", "service"),
  token("manager", "p-blue", "manager"),
  token("norole", "p-blue", "x"),
];

function token(name: string, projectId: string, role: string): StaticToken {
  return { token: name, userId: `u-${name}`, projectId, projectName: projectId, roles: [role] };
}

/** The parts of the settings that a test changes; each is laid over the default of its block. */
export type SettingsChanges = { readonly [B in keyof Settings]?: Partial<Settings[B]> };

/** Settings for a service on a port of the system's choice, with the files in `folder`. */
export function testSettings(folder: string, changes: SettingsChanges = {}): Settings {
  const base = defaults(folder);
  const blocks = Object.entries(base).map(([block, value]) => {
    const change = changes[block as keyof Settings];
    return [block, typeof value === "object" ? { ...value, ...change as object } : change ?? value];
  });
  return Object.fromEntries(blocks);
}

function defaults(folder: string): Settings {
  return {
    server: {
      host: "127.0.0.1",
      port: 0,
      publicUrl: null,
      tls: null,
      roles: ["api", "engine"],
      metricsAllow: [],
      limits: { bodyBytes: 8_388_608, jsonDepth: 64, inFlight: 1000, requestMs: 60_000, drainMs: 10_000 },
    },
    identity: {
      driver: "static",
      policy: "admin",
      adminRoles: ["admin"],
      unowned: "admin",
      tokens: TOKENS,
      projects: PROJECTS.map((id) => ({ id, name: id })),
    },
    messaging: { driver: "none" },
    music: { driver: "sqlite", path: `${folder}/valet.db` },
    inventory: { driver: "file", path: `${folder}/data_center.json` },
    optimizer: {
      driver: "embedded",
      leaseMs: 4000,
      profile: "pack",
      steps: 5_000_000,
      improveSteps: 1_500_000,
      moveSteps: 20_000_000,
      movesPerPlan: 1000,
      movesPerHost: 2,
      emergencyMs: 20_000,
    },
    ostro: { decisionMs: 60_000, pingMs: 5000 },
    engine: {
      datacenterName: "test",
      ip: "127.0.0.1",
      priority: 1,
      naming: { regionChars: 3, rackCodes: ["r"], nodeCodes: ["a", "c", "u", "f", "o", "p", "s"] },
      allocationRatios: { cpu: 16, memory: 1.5, disk: 1 },
      standbyPercent: { cpu: 0, memory: 0, disk: 0 },
      holdMs: 0,
    },
    logging: { level: "info", format: "json", dir: null },
    limits: { plans: 100_000, resourcesPerPlan: 5000, openDecisions: 200 },
    demo: false,
  };
}
