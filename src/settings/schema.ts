import { readEngine } from "./blocks/engine.ts";
import { checkEventsListener } from "./blocks/events_listener.ts";
import { readIdentity } from "./blocks/identity.ts";
import { readInventory } from "./blocks/inventory.ts";
import { readLimits } from "./blocks/limits.ts";
import { readLogging } from "./blocks/logging.ts";
import { readMessaging } from "./blocks/messaging.ts";
import { readMusic } from "./blocks/music.ts";
import { readOptimizer, readOstro } from "./blocks/optimizer.ts";
import { readServer } from "./blocks/server.ts";
import { flag, unknownKey } from "./fields.ts";
import type { Findings } from "./findings.ts";
import { isLoopback } from "./loopback.ts";
import type { Settings } from "./settings.ts";
import type { FileContext } from "./tls.ts";

const BLOCKS = [
  "server",
  "identity",
  "messaging",
  "music",
  "ostro",
  "engine",
  "events_listener",
  "inventory",
  "optimizer",
  "logging",
  "limits",
  "demo",
];

/** A configuration by the names of its blocks, placeholders already replaced. */
export type RawConfig = Readonly<Record<string, unknown>>;

/**
 * Settings out of a configuration; null when something is wrong, or a driver is wanted that this build doesn't have.
 * Everything that is wrong is told at once. Relative paths are taken from `folder`.
 */
export function readSettings(
  raw: RawConfig,
  context: FileContext,
): Settings | null {
  const { findings } = context;
  for (const key of Object.keys(raw)) {
    if (!BLOCKS.includes(key)) findings.error(key, unknownKey(key, BLOCKS));
  }
  const settings = {
    server: readServer(raw.server, context),
    identity: readIdentity(raw.identity, context),
    messaging: readMessaging(raw.messaging, context),
    music: readMusic(raw.music, context),
    inventory: readInventory(raw.inventory, context),
    optimizer: readOptimizer(raw.optimizer, findings),
    ostro: readOstro(raw.ostro, findings),
    engine: readEngine(raw.engine, findings),
    logging: readLogging(raw.logging, context),
    limits: readLimits(raw.limits, findings),
    demo: findings.parse(flag().default(false), { value: raw.demo, path: "demo" }),
  };
  checkEventsListener(raw.events_listener, findings);
  checkProcesses(settings, findings);
  if (settings.demo && settings.server !== null && !isLoopback(settings.server.host)) {
    const text =
      "The demo's tokens are known to everybody, so it listens on loopback only, wanted '127.0.0.1'";
    findings.error("server.host", text);
  }
  if (findings.has("error", "unavailable") || !isComplete(settings)) return null;
  return settings;
}

/** What concerns several processes on one store. */
function checkProcesses(
  { server, music, optimizer }: Partial<{ [Block in keyof Settings]: Settings[Block] | null }>,
  findings: Findings,
): void {
  if (!server || !music || !optimizer || optimizer.driver === "queue" && music.driver === "cassandra") return;
  if (optimizer.driver === "queue") {
    const text =
      `Wanted a store that processes share, 'cassandra', beside driver 'queue', got '${music.driver}'`;
    findings.error("optimizer.driver", text);
  }
  if (server.roles.length === 1) {
    findings.error(
      "server.roles",
      "Wanted optimizer driver 'queue' where 'api' and 'engine' are different processes",
    );
  }
}

function isComplete(settings: { [Block in keyof Settings]: Settings[Block] | null }): settings is Settings {
  return Object.values(settings).every((block) => block !== null);
}
