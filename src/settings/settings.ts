import type { Profile } from "../domain/quality.ts";

/** What the service runs on: checked, complete, with units in the names and every path absolute. */
export interface Settings {
  readonly server: ServerSettings;
  readonly identity: IdentitySettings;
  readonly messaging: MessagingSettings;
  /** The storage; the section keeps the name of the store that Valet began with. */
  readonly music: StoreSettings;
  readonly inventory: InventorySettings;
  readonly optimizer: OptimizerSettings;
  readonly ostro: OstroSettings;
  readonly engine: EngineSettings;
  readonly logging: LoggingSettings;
  readonly limits: LimitSettings;
  /** A demonstration: public tokens, loopback only, and a hint how to try it when it starts. */
  readonly demo: boolean;
}

export interface ServerSettings {
  readonly host: string;
  /** 0 lets the system choose; only tests do that. */
  readonly port: number;
  /** Base of the links in answers, without a slash at the end; null takes it from each request. */
  readonly publicUrl: string | null;
  /** Null serves HTTP without TLS. */
  readonly tls: TlsSettings | null;
  readonly roles: readonly Role[];
  /** Addresses and CIDR ranges, besides loopback, that read `/metrics` without a token. */
  readonly metricsAllow: readonly string[];
  readonly limits: ServerLimits;
}

/** What TLS is served with; both in PEM form, the certificate with its chain. */
export interface TlsSettings {
  readonly cert: string;
  readonly key: string;
}

const ROLES = ["api", "engine"] as const;

/** A job of this process. */
export type Role = (typeof ROLES)[number];

export interface ServerLimits {
  /** Larger request bodies are answered 413. */
  readonly bodyBytes: number;
  /** Nesting of arrays and objects in a request body. */
  readonly jsonDepth: number;
  /** Requests worked on at once; beyond it 503. */
  readonly inFlight: number;
  /** Longest time from a request's head to its answer, the receiving of its body included. */
  readonly requestMs: number;
  /** How long a stop waits for requests that are being worked on. */
  readonly drainMs: number;
}

export const POLICIES = ["admin", "split", "rbac"] as const;

export type IdentityPolicy = (typeof POLICIES)[number];

export const UNOWNED_VISIBILITIES = ["admin", "all"] as const;

export type IdentitySettings = StaticIdentitySettings | KeystoneSettings;

interface CommonIdentitySettings {
  readonly policy: IdentityPolicy;
  /** Roles that make a caller an admin. */
  readonly adminRoles: readonly string[];
  /** Who sees plans and placements without an owner. */
  readonly unowned: (typeof UNOWNED_VISIBILITIES)[number];
}

export interface StaticIdentitySettings extends CommonIdentitySettings {
  readonly driver: "static";
  readonly tokens: readonly StaticToken[];
  readonly projects: readonly StaticProject[];
}

export interface StaticToken {
  readonly token: string;
  readonly userId: string;
  readonly projectId: string;
  readonly projectName: string;
  readonly roles: readonly string[];
}

export interface StaticProject {
  readonly id: string;
  readonly name: string;
}

export const INTERFACES = ["admin", "internal", "public"] as const;

export interface KeystoneSettings extends CommonIdentitySettings {
  readonly driver: "keystone";
  /** Where the service logs in, without version and slash at the end. */
  readonly authUrl: string;
  readonly login: KeystoneLogin;
  /** Whose endpoint in the catalog gets all other calls. */
  readonly interface: (typeof INTERFACES)[number];
  /** Region of that endpoint; null takes any. */
  readonly region: string | null;
  /** PEM certificates that are trusted besides the well-known authorities; null for none. */
  readonly ca: string | null;
  /** For one call. */
  readonly timeoutMs: number;
  /** Longest time that a good token is taken for good without asking again; 0 asks each time. */
  readonly tokenCacheMs: number;
  readonly projectCacheMs: number;
  /** Any of them makes a token that of a service, which may pass on expired tokens of users. */
  readonly serviceTokenRoles: readonly string[];
  /** Admin roles count only in the project that Keystone is told to be the admins'. */
  readonly requireAdminProject: boolean;
}

export type KeystoneLogin =
  | {
    readonly method: "password";
    readonly username: string;
    readonly password: string;
    readonly userDomainName: string;
    readonly projectName: string;
    readonly projectDomainName: string;
  }
  | { readonly method: "application_credential"; readonly id: string; readonly secret: string };

export type MessagingSettings = { readonly driver: "log" | "none" } | RabbitMqSettings;

export interface RabbitMqSettings {
  readonly driver: "rabbitmq";
  /** Tried in turn; at least one. */
  readonly servers: readonly RabbitServer[];
  readonly vhost: string;
  /** Null speaks without TLS; `ca` holds PEM certificates, null takes those of well-known authorities. */
  readonly tls: { readonly ca: string | null } | null;
  readonly exchange: string;
  /** How exchange and queue are made when nobody has; null leaves that to others. */
  readonly declare: { readonly durable: boolean; readonly quorum: boolean } | null;
  /** How long a notification may wait to be sent, and a stop for all of them. */
  readonly timeoutMs: number;
  /** How often one notification is published again; may be infinite. */
  readonly retries: number;
  /** Notifications that wait; beyond it the oldest is dropped. */
  readonly queueLimit: number;
  /** The same in bytes, with those on their way. */
  readonly queueBytes: number;
}

export interface RabbitServer {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
}

export type StoreSettings =
  | { readonly driver: "sqlite"; readonly path: string }
  | { readonly driver: "memory" }
  | CassandraSettings;

export interface CassandraSettings {
  readonly driver: "cassandra";
  /** Hosts to begin with, each perhaps with a port of its own. */
  readonly hosts: readonly string[];
  readonly port: number;
  readonly keyspace: string;
  /** Copies of each row: in all, or by data centre. */
  readonly replication: number | Readonly<Record<string, number>>;
  /** Null takes that of the first host that answers. */
  readonly localDatacenter: string | null;
  readonly user: { readonly name: string; readonly password: string } | null;
  /** Null speaks without TLS; `ca` holds PEM certificates, null takes those of well-known authorities. */
  readonly tls: { readonly ca: string | null } | null;
  /** How long one statement may take. */
  readonly timeoutMs: number;
  /** How often a statement that may be repeated is. */
  readonly retries: number;
}

export interface InventorySettings {
  readonly driver: "file";
  readonly path: string;
}

export interface OptimizerSettings {
  /** `queue`: of the processes that share a store one decides, and works on the calls of the others. */
  readonly driver: "embedded" | "queue";
  /** How long a process decides after it has told the store so last. */
  readonly leaseMs: number;
  readonly profile: Profile;
  /** Candidate hosts that one request may examine; on a large site at least those of a few constructions. */
  readonly steps: number;
  /** Candidate hosts that it may examine to better a first answer. */
  readonly improveSteps: number;
  /** Candidate hosts that one plan of moves may examine. */
  readonly moveSteps: number;
  /** Moves that one plan may have. */
  readonly movesPerPlan: number;
  /** Moves of one wave that a host is an end of, unless a request says otherwise. */
  readonly movesPerHost: number;
  /** Wall-clock stop of one search, for the case that its steps take unusually long. */
  readonly emergencyMs: number;
}

/** How long the API waits for the optimizer. */
export interface OstroSettings {
  readonly decisionMs: number;
  readonly pingMs: number;
}

export interface EngineSettings {
  readonly datacenterName: string;
  /** Told by `/v1/status`, with `priority`, as the engine that answered. */
  readonly ip: string;
  readonly priority: number;
  readonly naming: NamingSettings;
  /** For hosts whose data and aggregates give no ratio. */
  readonly allocationRatios: PerResource;
  /** Per cent of the capacity that is never handed out. */
  readonly standbyPercent: PerResource;
  /** How long an unreserved placement is held after the last contact; 0 for ever. */
  readonly holdMs: number;
}

/** How racks are read from host names: region characters and digits, rack code and digits, node code and digits. */
export interface NamingSettings {
  readonly regionChars: number;
  readonly rackCodes: readonly string[];
  readonly nodeCodes: readonly string[];
}

export interface PerResource {
  readonly cpu: number;
  readonly memory: number;
  readonly disk: number;
}

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

export const LOG_FORMATS = ["text", "json"] as const;

export interface LoggingSettings {
  readonly level: (typeof LOG_LEVELS)[number];
  readonly format: (typeof LOG_FORMATS)[number];
  /** Directory of the log file; null writes to standard error. */
  readonly dir: string | null;
}

export interface LimitSettings {
  /** Stored plans; beyond it a create is answered 503. */
  readonly plans: number;
  readonly resourcesPerPlan: number;
  /** Decisions waited for at once; beyond it 503. */
  readonly openDecisions: number;
}
