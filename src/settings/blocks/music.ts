import { resolve } from "node:path";
import * as z from "zod";
import { driverOf } from "./driver.ts";
import { block, integer, names, oneOf, seconds, text } from "../fields.ts";
import type { Findings } from "../findings.ts";
import type { CassandraSettings, StoreSettings } from "../settings.ts";
import { type FileContext, readAuthorities } from "../tls.ts";

const SQLITE = block({ driver: oneOf(["sqlite"]).optional(), path: text("a file name") });

const MEMORY = block({ driver: oneOf(["memory"]) });

const REMOTE = block({
  driver: oneOf(["cassandra", "music"]).optional(),
  host: z.string({ error: "Wanted a host name or an IP address" }).optional(),
  hosts: names("host names or IP addresses").optional(),
  port: integer(1, 65535).optional(),
  keyspace: z.string({ error: "Wanted the name of a keyspace" })
    .regex(/^[A-Za-z][A-Za-z0-9_]{0,47}$/, {
      error: "Wanted a letter, then up to 47 letters, digits or '_'",
    }),
  replication_factor: integer(1, 1000).optional(),
  music_server_retries: integer(1, 100).optional(),
  local_datacenter: text("the name of a data centre").optional(),
  replication: z.record(z.string(), integer(1, 1000)).optional(),
  username: text("a user's name").optional(),
  password: text("a password").optional(),
  tls: block({ cafile: text("a file name").optional() }).optional(),
  timeout: seconds(0.1, 60).default(4000),
});

const DEFAULT_PORT = 9042;
const DEFAULT_REPLICATION = 3;
const DEFAULT_RETRIES = 3;

/** The store. Without `driver` a `path` means SQLite, a host Cassandra. */
export function readMusic(raw: unknown, context: FileContext): StoreSettings | null {
  const { folder, findings } = context;
  const { driver: named, path, host, hosts }: Record<string, unknown> = Object(raw);
  if (named === undefined && path === undefined && host === undefined && hosts === undefined) {
    findings.error("music", "Wanted 'path' for a store on SQLite, or 'host' or 'hosts' for Cassandra");
    return null;
  }
  const known = ["sqlite", "memory", "cassandra", "music"] as const;
  const assumed = path === undefined ? "cassandra" : "sqlite";
  const driver = driverOf(raw, { path: "music", findings, known, assumed });
  switch (driver) {
    case "memory":
      return findings.parse(MEMORY, { value: raw, path: "music" });
    case "sqlite": {
      const sqlite = findings.parse(SQLITE, { value: raw, path: "music" });
      return sqlite && { driver, path: resolve(folder, sqlite.path) };
    }
    case "cassandra":
    case "music": {
      const remote = findings.parse(REMOTE, { value: raw, path: "music" });
      checkRemote({ ...Object(raw), driver }, findings);
      if (driver === "cassandra") return remote && cassandraOf(remote, context);
      findings.unavailable("music", "Driver 'music' is not in this build");
    }
  }
  return null;
}

function cassandraOf(remote: z.infer<typeof REMOTE>, context: FileContext): CassandraSettings {
  const { host, hosts = [], port, username, password, tls } = remote;
  return {
    driver: "cassandra",
    hosts: host ? [host] : hosts,
    port: port ?? DEFAULT_PORT,
    keyspace: remote.keyspace.toLowerCase(),
    replication: remote.replication ?? remote.replication_factor ?? DEFAULT_REPLICATION,
    localDatacenter: remote.local_datacenter ?? null,
    user: username === undefined ? null : { name: username, password: password ?? "" },
    tls: tls === undefined
      ? null
      : { ca: readAuthorities(tls.cafile, { ...context, path: "music.tls.cafile" }) },
    timeoutMs: remote.timeout,
    retries: remote.music_server_retries ?? DEFAULT_RETRIES,
  };
}

/** What concerns several keys; told whatever else is wrong. */
function checkRemote(remote: Readonly<Record<string, unknown>>, findings: Findings): void {
  if (!remote.host && remote.hosts === undefined) {
    findings.error("music.hosts", "Wanted 'host' or 'hosts', got neither");
  }
  if (remote.host && remote.hosts !== undefined) {
    findings.warning("music.hosts", "Has no effect beside 'host'");
  }
  if (remote.driver === "cassandra" && Number(remote.port) === 8080) {
    findings.warning("music.port", "Cassandra usually listens on 9042");
  }
  if (remote.username !== undefined && remote.password === undefined) {
    findings.error("music.password", "Wanted a value beside 'username', got nothing");
  }
  if (remote.replication !== undefined && remote.replication_factor !== undefined) {
    findings.warning("music.replication_factor", "Has no effect beside 'replication'");
  }
}
