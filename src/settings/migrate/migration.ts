import type { Blocks } from "./config_text.ts";
import { inForm, literal } from "./forms.ts";
import { type OldFiles, type OldSettings, oldSettings } from "./old_settings.ts";
import type { Remark, RemarkKind } from "./remarks.ts";
import { COMBINED, KEPT, reasonToDrop, TABLES } from "./rules.ts";
import { transportUrl, withoutPasswords } from "./transport_url.ts";

/** What becomes of an old configuration. */
export interface Migration {
  readonly blocks: Blocks;
  /** By the name of the placeholder that stands for it. */
  readonly secrets: ReadonlyMap<string, string>;
  readonly remarks: readonly Remark[];
}

const CQL_PORT = "9042";

const LEVELS: ReadonlyMap<string, string> = new Map([
  ["debug", "debug"],
  ["info", "info"],
  ["warning", "warn"],
  ["warn", "warn"],
  ["error", "error"],
  ["critical", "error"],
]);

/** The new configuration out of the original's files; reads and writes nothing. */
export function migrate(files: OldFiles): Migration {
  const { settings, remarks } = oldSettings(files);
  return new Migrator(settings, remarks).run();
}

class Migrator {
  readonly #old: OldSettings;
  readonly #remarks: Remark[];
  readonly #secrets = new Map<string, string>();

  constructor(old: OldSettings, remarks: readonly Remark[]) {
    this.#old = old;
    this.#remarks = [...remarks];
  }

  run(): Migration {
    this.#judgeNames();
    const messaging = this.#messaging();
    const blocks: Record<string, Record<string, unknown>> = {
      server: { host: "0.0.0.0", port: "8090", ...this.#kept("server") },
      identity: { config: this.#identity() },
      ...(messaging === null ? {} : { messaging }),
      music: this.#music(),
      inventory: { driver: "nova" },
      engine: this.#engine(),
      events_listener: this.#eventsListener(),
      logging: this.#logging(),
    };
    const given = Object.entries(blocks).filter(([, block]) => Object.keys(block).length > 0);
    return { blocks: Object.fromEntries(given), secrets: this.#secrets, remarks: this.#remarks };
  }

  #say(kind: RemarkKind, { path, text }: { path: string; text: string }): void {
    const origin = this.#old.get(path)?.origin ?? "old configuration";
    this.#remarks.push({ kind, origin, text });
  }

  #text(path: string): string | undefined {
    const setting = this.#old.get(path);
    if (setting === undefined || setting.value === "") return undefined;
    if (typeof setting.value !== "object") return String(setting.value);
    this.#say("manual", { path, text: `${path} is a list, wanted a text` });
    return undefined;
  }

  #judgeNames(): void {
    for (const [path, { value }] of this.#old) {
      const table = TABLES.get(path);
      const reason = reasonToDrop(path);
      if (table !== undefined && value !== table) {
        const text = `${path} has to be '${table}': rename the table, then this option, and migrate again`;
        this.#say("error", { path, text });
      } else if (reason !== null) {
        this.#say("dropped", { path, text: `${path}: ${reason}` });
      } else if (table === undefined && !KEPT.has(path) && !COMBINED.has(path)) {
        this.#say("manual", { path, text: `${path} is no setting of the original` });
      }
    }
  }

  /** What a block takes over as it is. */
  #kept(block: string): Record<string, unknown> {
    const found: Record<string, unknown> = {};
    for (const [path, form] of KEPT) {
      const setting = this.#old.get(path);
      if (setting === undefined || !path.startsWith(`${block}.`)) continue;
      const value = inForm(setting, form);
      if (value === undefined) this.#say("manual", { path, text: `${path} is no ${form}` });
      else if (value !== "") found[path.slice(block.length + 1)] = value;
    }
    return found;
  }

  /** The placeholder for a secret; the second value that wants a name gets a number behind it. */
  #hide = (name: string, secret: string): string => {
    for (let count = 1;; count++) {
      const numbered = count === 1 ? name : `${name}_${count}`;
      if ((this.#secrets.get(numbered) ?? secret) !== secret) continue;
      this.#secrets.set(numbered, secret);
      return `$${numbered}`;
    }
  };

  #identity(): Record<string, unknown> {
    const needed = (key: string, placeholder: string) => {
      const value = this.#text(`identity.${key}`);
      if (value !== undefined) return literal(value);
      const text = `identity.${key} is missing: the new configuration asks for '$${placeholder}'`;
      this.#say("manual", { path: `identity.${key}`, text });
      return `$${placeholder}`;
    };
    const username = needed("username", "VALET_USERNAME");
    const password = this.#text("identity.password");
    const service = this.#text("identity.interface");
    return {
      username,
      password: password === undefined
        ? needed("password", "VALET_PASSWORD")
        : this.#hide("VALET_PASSWORD", password),
      project_name: needed("project_name", "VALET_TENANT_NAME"),
      auth_url: this.#authUrl(),
      ...(service === undefined ? {} : { interface: literal(service) }),
    };
  }

  #authUrl(): string {
    const path = "identity.auth_url";
    const given = this.#text(path) ?? "http://controller:5000/v2.0";
    const unversioned = given.replace(/\/v2\.0\/?$/, "");
    const url = unversioned.replace(/:35357(?=\/|$)/, ":5000");
    if (url !== unversioned) {
      this.#say("warning", { path, text: `${path}: port 35357 is gone from Keystone, port 5000 is used` });
    }
    if (unversioned !== given) {
      this.#say("warning", { path, text: `${path}: version 2.0 of Keystone is gone, version 3 is used` });
    }
    return literal(url);
  }

  #messaging(): Record<string, unknown> | null {
    const path = "messaging.transport_url";
    const given = this.#text(path);
    const url = given === undefined ? this.#composedUrl("messaging") : withoutPasswords(given, this.#hide);
    if (url === null) {
      if (given !== undefined) this.#say("manual", { path, text: `${path} is no URL of RabbitMQ` });
      return null;
    }
    const timeout = this.#old.get("messaging.timeout");
    const seconds = timeout && inForm(timeout, "number");
    return { config: { transport_url: url }, ...(seconds === undefined ? {} : { timeout: seconds }) };
  }

  /** Out of a block's host and what belongs to it; null without a host. */
  #composedUrl(block: "messaging" | "events_listener", assumedUser = ""): string | null {
    const host = this.#text(`${block}.host`);
    if (host === undefined) return null;
    return transportUrl({
      username: this.#text(`${block}.username`) ?? assumedUser,
      password: this.#text(`${block}.password`) ?? "",
      host,
      port: this.#text(`${block}.port`) ?? "5672",
    }, this.#hide);
  }

  #eventsListener(): Record<string, unknown> {
    const kept = this.#kept("events_listener");
    const url = this.#composedUrl("events_listener", "guest");
    if (url === null) return kept;
    if (this.#text("events_listener.password") === undefined) {
      const text = "events_listener.host: its password is missing in events_listener.transport_url";
      this.#say("manual", { path: "events_listener.host", text });
    }
    return { ...kept, transport_url: url };
  }

  #music(): Record<string, unknown> {
    const port = this.#text("music.port");
    if (port !== CQL_PORT) {
      const text = `music.port was Music's; the store is Cassandra itself on port ${CQL_PORT} now`;
      this.#say("warning", { path: "music.port", text });
    }
    const kept = this.#kept("music");
    return { driver: "cassandra", ...this.#musicHosts(), port: CQL_PORT, keyspace: "valet", ...kept };
  }

  #musicHosts(): Record<string, unknown> {
    const host = this.#text("music.host");
    const several = this.#old.get("music.hosts");
    if (host !== undefined) {
      if (several !== undefined) {
        this.#say("warning", { path: "music.hosts", text: "music.hosts has no effect beside music.host" });
      }
      return { host: literal(host) };
    }
    const hosts = several && inForm(several, "names");
    if (Array.isArray(hosts) && hosts.length > 0) return { hosts };
    this.#say("warning", { path: "music.hosts", text: "music.hosts is missing, '127.0.0.1' is used" });
    return { host: "127.0.0.1" };
  }

  #engine(): Record<string, unknown> {
    for (const path of ["ostro.tries", "ostro.interval", "music.tries", "music.interval"]) {
      if (!this.#old.has(path)) continue;
      const text = `${path} never had an effect and is left out; a block 'ostro' would set it`;
      this.#say("warning", { path, text });
    }
    for (const resource of ["cpu", "mem", "local_disk"]) {
      const path = `engine.static_${resource}_standby_ratio`;
      if (this.#old.has(path)) continue;
      const text =
        `${path} is not set: some versions of the original held back 20 %, Valet holds back nothing`;
      this.#say("warning", { path, text });
    }
    return this.#kept("engine");
  }

  #logging(): Record<string, unknown> {
    const dir = this.#text("engine.logging_dir") ?? this.#text("DEFAULT.log_dir");
    const named = this.#text("engine.logging_level")?.toLowerCase();
    const level = named === undefined ? undefined : LEVELS.get(named);
    if (named !== undefined && level === undefined) {
      const path = "engine.logging_level";
      this.#say("manual", { path, text: `${path} is none of ${[...LEVELS.keys()].join(", ")}` });
    }
    return { ...(level === undefined ? {} : { level }), ...(dir === undefined ? {} : { dir: literal(dir) }) };
  }
}
