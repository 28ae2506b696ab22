/*
 * Valet's configuration. Copy it, and never edit the original:
 *
 *   sudo install -d -m 0750 -o root -g valet /etc/valet
 *   sudo install -m 0640 -o root -g valet valet.ts /etc/valet/config.ts
 *   valet check /etc/valet/config.ts
 *
 * The file is a TypeScript module that stands alone: it can import types, and modules of the runtime, but no file
 * beside it. Values that are commented out are the defaults, or examples where there is none. File names are relative to this file.
 *
 * In every text `$NAME` and `${NAME}` stand for a value from the environment, else for the content of the file that
 * `NAME_FILE` names in the environment, else for the systemd credential `NAME`; `$$` is a dollar. Valet refuses to
 * start (exit status 77) when others may write this file, or when it spells out a secret that others may read.
 */

/** Where the REST API listens. */
export const server = {
  host: "0.0.0.0",
  port: "8090",
  // Base of the links in answers, for a Valet behind a proxy. Without it the links follow each request.
  // public_url: "https://valet.example.com:8090",
  // TLS of its own: a certificate with its chain, and its key, in PEM form; a renewal takes a restart.
  // tls: { cert: "server.crt", key: "server.key" },
  // Who, besides this machine, may read /metrics without a token.
  // metrics_allow: ["192.0.2.10", "198.51.100.0/24"],
  // limits: {
  //   body_bytes: 8388608, // larger bodies are answered 413
  //   json_depth: 64, // arrays and objects inside each other
  //   in_flight: 1000, // requests worked on at once, beyond it 503
  //   request_seconds: 75, // from the end of a request's head to its answer
  //   drain_seconds: 70, // how long a stop waits for requests that are being worked on
  // },
};

/*
 * Who may call. The policy says what a valid, project-scoped token may do:
 *
 * - "admin" (default): nothing under /v1 without an admin role. Heat sends the token of the stack's owner, so only
 *   stacks of admins are planned.
 * - "split": groups and migrations for admins, everything else for every token. Enough for Heat and every stack.
 * - "rbac": groups and migrations for admins; the roles `member` and `manager` plan and change stacks of their own
 *   project, `reader` looks at them. Enough for Heat when stack owners hold `member`, which OpenStack gives them.
 *
 * Under "split" and "rbac" only admins see plans of another project, and under "rbac" the role `service` too. Nova's
 * filter asks about servers of all projects: its service user needs an admin role, or under "rbac" the role `service`.
 */
export const identity = {
  policy: "rbac",
  // admin_roles: ["admin"],
  // Who sees plans without an owner: "admin" or "all".
  // unowned: "admin",
  config: {
    // The public endpoint; "/v3" at the end may be left out.
    auth_url: "https://keystone.example.com:5000",
    username: "valet",
    password: "$VALET_PASSWORD",
    project_name: "service",
    // user_domain_name: "Default",
    // project_domain_name: "Default",
    // In place of these five: application_credential_id and application_credential_secret.
    // Whose endpoint gets all calls but the login: "admin" (auth_url where there is none), "internal" or "public".
    // Under "public" only projects in which the service user has a role may become members of groups.
    // interface: "admin",
    // region_name: "RegionOne",
    // Certificates that are trusted besides those of the well-known authorities.
    // cafile: "keystone_ca.pem",
    // Seconds for one call.
    // timeout: 5,
    // Seconds, up to 300, until a revoked token is noticed at the latest; -1 asks Keystone each time.
    // token_cache_time: 60,
    // Seconds for which a project is known to exist.
    // project_cache_time: 60,
    // Roles of services that may pass on tokens of users that have expired (X-Service-Token).
    // service_token_roles: ["service"],
    // Admin roles count only in the project that Keystone's own configuration calls the admins'.
    // require_admin_project: false,
  },
};

/*
 * Without a Keystone, for people with tokens that are listed here:
 *
 *   export const identity = {
 *     driver: "static",
 *     policy: "rbac",
 *     tokens: [{ token: "$VALET_ADMIN_TOKEN", user_id: "a", project_id: "p", project_name: "p", roles: ["admin"] }],
 *     // Projects that may become members of groups, besides those of the tokens.
 *     projects: [{ id: "4f5c8a1e0f6d4c0c9a8b7d6e5f403122", name: "blue" }],
 *   };
 */

/** Where API calls are told: "none", "log" for one log entry each, or "rabbitmq", for listeners of OpenStack. */
export const messaging = { driver: "none" };
// export const messaging = {
//   driver: "rabbitmq",
//   config: {
//     // As in nova.conf: servers with commas between them, tried in turn, then the virtual host; amqps:// or ?ssl=1
//     // for TLS. '@', ':' and '/' in names and passwords are percent-encoded, those of placeholders by themselves.
//     transport_url: "rabbit://$OSLO_MSG_USERNAME:$OSLO_MSG_PASSWORD@$OSLO_MSG_HOST:5672/",
//   },
//   // Certificates of a private authority.
//   // tls: { cafile: "ca.pem" },
//   // control_exchange: "openstack",
//   // How exchange and queues are made when no listener has: "transient", "durable" for listeners with
//   // amqp_durable_queues, "quorum" for those with rabbit_quorum_queue, or "never". A listener that starts later and
//   // wants other flags fails.
//   // declare: "transient",
//   // Seconds that a notification may wait before it is dropped, and a stop for those that are left.
//   // timeout: 3,
//   // How often a notification is published again when RabbitMQ did not take it; -1 is for ever.
//   // retry: 10,
//   // Notifications that wait, and bytes of all; beyond it the oldest are dropped.
//   // queue_limit: 1000,
//   // queue_bytes: 67108864,
// };

/**
 * Where plans, placements and groups are kept: "sqlite" in one file, "memory" for as long as Valet runs, or "cassandra",
 * which several processes can share.
 */
export const music = { driver: "sqlite", path: "/var/lib/valet/valet.db" };
// export const music = {
//   driver: "cassandra",
//   // Any of the nodes; "host" with one of them wins over the list.
//   hosts: ["192.0.2.11", "192.0.2.12", "192.0.2.13"],
//   // port: 9042,
//   keyspace: "valet",
//   // For 'valet populate': copies of each row, in all, or by data centre.
//   // replication_factor: 3,
//   // replication: { east: 3, west: 3 },
//   // That of the first node that answers.
//   // local_datacenter: "datacenter1",
//   // username: "valet",
//   // password: "$MUSIC_PASSWORD",
//   // tls: { cafile: "cassandra_ca.pem" },
//   // Seconds for one statement, and how often it is repeated if that does no harm.
//   // timeout: 4,
//   // music_server_retries: 3,
// };

/** Where hosts, flavors and aggregates come from: a data-centre file, see config/demo_datacenter.json for its form. */
export const inventory = { driver: "file", path: "datacenter.json" };

/**
 * Who decides: the engine in this very process ("embedded"), or that of one process among several on one store
 * ("queue"), to which the others pass calls on.
 */
export const optimizer = {
  driver: "embedded",
  // How many seconds after the death of the process that decides another one takes its place.
  // lease_seconds: 4,
  // "pack" wakes as few hosts as possible, "bandwidth" keeps what talks close together, "spread" puts few servers of
  // a stack into one rack.
  // profile: "pack",
  // Candidate hosts that one request may examine before it is refused.
  // steps: 5000000,
  // Candidate hosts that it may examine to better a first answer.
  // improve_steps: 1500000,
  // Candidate hosts that one plan of moves may examine before it is cut off.
  // move_steps: 20000000,
  // Moves that one plan may have; who is left over is for a later one.
  // moves_per_plan: 1000,
  // Moves of one wave that a host is an end of, unless a request says otherwise: at most 16.
  // moves_per_host: 2,
  // Stop of one search by the clock, for the case that its steps take unusually long.
  // emergency_seconds: 20,
};

/** How long the API waits for a decision: tries × interval in seconds, at most 60 seconds. */
export const ostro = {
  // tries: 600,
  // interval: 0.1,
  // For GET /v1/status.
  // ping_seconds: 5,
};

/** What the engine takes for granted about the site. */
export const engine = {
  datacenter_name: "aic",
  // Told by GET /v1/status.
  // ip: "localhost",
  // priority: 1,
  // Host names tell the rack: three letters and digits (region), a rack letter and digits, a node letter and digits,
  // as in "abc01r02c003". Hosts that the data-centre file gives a rack need no such name.
  // num_of_region_chars: 3,
  // rack_code_list: "r",
  // node_code_list: ["a", "c", "u", "f", "o", "p", "s"],
  // For hosts whose aggregates and data give no ratio.
  // default_cpu_allocation_ratio: 16,
  // default_ram_allocation_ratio: 1.5,
  // default_disk_allocation_ratio: 1,
  // Per cent of the capacity that is never handed out.
  // static_cpu_standby_ratio: 0,
  // static_mem_standby_ratio: 0,
  // static_local_disk_standby_ratio: 0,
  // How long capacity is held for servers that never appear; 0 holds it until the plan is deleted.
  // hold_seconds: 0,
};

/** The log goes to standard error, which systemd keeps, or into a directory. */
export const logging = {
  level: "info", // "debug", "info", "warn", "error"
  format: "text", // or "json"
  // dir: "/var/log/valet",
};

/** How much Valet takes on. */
export const limits = {
  // Stored plans, and decisions waited for at once; beyond them a request is answered 503.
  // plans: 100000,
  // open_decisions: 200,
  // Resources, or moves to be applied, in one request; beyond it 400.
  // resources_per_plan: 5000,
};
