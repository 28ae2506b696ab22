import { Findings } from "../../src/settings/findings.ts";
import { type RawConfig, readSettings } from "../../src/settings/schema.ts";

export const TOKEN = { token: "t1", user_id: "u", project_id: "p", project_name: "P", roles: ["admin"] };

/** The fewest blocks that this build can run on. */
export const MINIMAL_BLOCKS = {
  identity: { driver: "static", tokens: [TOKEN] },
  music: { path: "valet.db" },
  inventory: { driver: "file", path: "dc.json" },
};

/** What `readSettings` makes of blocks in a file of /etc/valet, and what it says, one line per finding. */
export function readBlocks(raw: RawConfig) {
  const findings = new Findings();
  const settings = readSettings(raw, { folder: "/etc/valet", findings, user: null });
  return { settings, said: findings.list.map(({ kind, path, text }) => `${kind} ${path}: ${text}`) };
}
