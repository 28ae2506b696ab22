/** One room of `src`, and what its files may import besides files of the same room. */
interface Room {
  /** Folder or file below `src`; a file belongs to the longest one that it lies in. */
  readonly at: string;
  /** Folders and files below `src`. */
  readonly rooms: readonly string[];
  /** The same, for types alone. */
  readonly types?: readonly string[];
  /** Packages and modules of the runtime. */
  readonly packages: readonly string[];
}

/** Whoever writes an adapter adds its row; adapters are strangers to each other. */
const ADAPTERS: readonly Room[] = [
  adapter("identity/keystone", ["node:crypto", "node:timers", "zod"]),
  adapter("identity/static", ["node:crypto"]),
  adapter("inventory/file", ["zod"]),
  adapter("notifier/log"),
  adapter("notifier/none"),
  adapter("notifier/rabbitmq", ["amqplib", "node:buffer", "node:stream"]),
  { ...adapter("optimizer/embedded"), rooms: ["domain", "ports", "engine"] },
  adapter("optimizer/queue"),
  adapter("store/cassandra", ["cassandra-driver", "node:tls", "node:buffer"]),
  adapter("store/memory"),
  adapter("store/sqlite", ["node:sqlite", "node:path", "node:timers"]),
  adapter("system", ["node:net"]),
];

const ROOMS: readonly Room[] = [
  { at: "domain", rooms: [], packages: [] },
  { at: "engine", rooms: ["domain"], packages: [] },
  { at: "engine/checker", rooms: ["domain"], packages: [] },
  { at: "ports", rooms: ["domain"], packages: [] },
  { at: "usecases", rooms: ["domain", "ports"], types: ["engine"], packages: ["node:crypto"] },
  ...ADAPTERS,
  {
    at: "settings",
    rooms: ["domain"],
    packages: ["zod", "amaro", "node:crypto", "node:net", "node:path", "node:process"],
  },
  { at: "telemetry", rooms: ["domain", "ports"], packages: ["@prometheus-io/client", "node:path"] },
  { at: "http", rooms: ["usecases", "domain", "ports"], packages: ["hono", "zod", "node:crypto"] },
  { at: "cli", rooms: ["settings", "compose", "http/schemas"], packages: ["commander"] },
  {
    at: "compose",
    rooms: ["domain", "ports", "usecases", ...ADAPTERS.map(({ at }) => at), "settings", "telemetry", "http"],
    packages: [],
  },
];

/** The one file outside `src` that its files may import: it tells the version. */
const MANIFEST = "deno.json";

/** An import of a file; `to` is the path of a file, or the specifier of a package. Paths are those of the project. */
export interface Import {
  readonly from: string;
  readonly to: string;
  readonly isFile: boolean;
  readonly typeOnly: boolean;
}

/** Why an import is not allowed, or null. Files outside `src` may import anything. */
export function objection({ from, to, isFile, typeOnly }: Import): string | null {
  const importer = belowSource(from);
  if (importer === null) return null;
  const room = roomOf(importer);
  if (room === null) return `"${from}" is in no room of scripts/lint/rooms.ts`;
  const refusal = `"${room.at}" may not import "${to}", only`;
  if (!isFile) return packageOf(to, room.packages) ? null : `${refusal} ${listed(room.packages)}`;
  if (to === MANIFEST) return null;
  const target = belowSource(to);
  if (target === null) return `"${room.at}" may not import "${to}", which is outside of src`;
  if (roomOf(target) === room || opens(room.rooms, target)) return null;
  if (!opens(room.types ?? [], target)) return `${refusal} ${listed([...room.rooms, ...room.types ?? []])}`;
  return typeOnly ? null : `"${room.at}" may import nothing but types from "${to}"`;
}

/** Whether one of `names` leads to a file. A room inside of the one that is named is not meant with it. */
function opens(names: readonly string[], file: string): boolean {
  const inner = roomOf(file)?.at.length ?? 0;
  return names.some((name) => contains(name, file) && name.length >= inner);
}

function roomOf(file: string): Room | null {
  const longestFirst = ROOMS.filter(({ at }) => contains(at, file)).sort((a, b) => b.at.length - a.at.length);
  return longestFirst[0] ?? null;
}

function contains(place: string, file: string): boolean {
  return file === place || file.startsWith(`${place}/`);
}

function packageOf(specifier: string, names: readonly string[]): boolean {
  return names.some((name) => contains(name, specifier));
}

function belowSource(path: string): string | null {
  return path.startsWith("src/") ? path.slice("src/".length) : null;
}

function adapter(name: string, packages: readonly string[] = []): Room {
  return { at: `adapters/${name}`, rooms: ["domain", "ports"], packages };
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? "nothing" : names.map((name) => `"${name}"`).join(", ");
}
