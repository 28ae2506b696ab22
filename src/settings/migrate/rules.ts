/** How the value of an old setting is read. */
export type Form = "text" | "number" | "flag" | "names";

/** Settings that keep name and meaning, by block. */
const KEPT_BLOCKS: Readonly<Record<string, Readonly<Record<string, Form>>>> = {
  server: { host: "text", port: "text" },
  music: { keyspace: "text", replication_factor: "number", music_server_retries: "number" },
  engine: {
    datacenter_name: "text",
    ip: "text",
    priority: "number",
    num_of_region_chars: "number",
    rack_code_list: "text",
    node_code_list: "names",
    compute_trigger_frequency: "number",
    topology_trigger_frequency: "number",
    metadata_trigger_frequency: "number",
    update_batch_wait: "number",
    default_cpu_allocation_ratio: "number",
    default_ram_allocation_ratio: "number",
    default_disk_allocation_ratio: "number",
    static_cpu_standby_ratio: "number",
    static_mem_standby_ratio: "number",
    static_local_disk_standby_ratio: "number",
  },
  events_listener: { exchange: "text", exchange_type: "text", auto_delete: "flag", store: "flag" },
};

/** Settings that keep name and meaning: path → form. */
export const KEPT: ReadonlyMap<string, Form> = new Map(
  Object.entries(KEPT_BLOCKS).flatMap(([block, keys]) =>
    Object.entries(keys).map(([key, form]) => [`${block}.${key}`, form] as const)
  ),
);

/** Settings that are put together with others, or changed. */
export const COMBINED: ReadonlySet<string> = new Set([
  "identity.username",
  "identity.password",
  "identity.project_name",
  "identity.auth_url",
  "identity.interface",
  "messaging.transport_url",
  "messaging.username",
  "messaging.password",
  "messaging.host",
  "messaging.port",
  "messaging.timeout",
  "music.host",
  "music.hosts",
  "music.port",
  "music.tries",
  "music.interval",
  "ostro.tries",
  "ostro.interval",
  "events_listener.host",
  "events_listener.port",
  "events_listener.username",
  "events_listener.password",
  "engine.logging_level",
  "engine.logging_dir",
  "DEFAULT.log_dir",
]);

/** Names of tables, which are fixed now. */
export const TABLES: ReadonlyMap<string, string> = new Map([
  ["music.request_table", "placement_requests"],
  ["music.response_table", "placement_results"],
  ["music.event_table", "oslo_messages"],
  ["music.resource_table", "resource_status"],
  ["music.app_table", "app"],
  ["music.uuid_table", "uuid_map"],
  ["music.group_table", "groups"],
]);

const LOG_FILE = "the journal or logrotate keep the log";
const SIMULATION = "a simulation is a data-centre file";
const CATALOG = "Keystone's catalog tells it";

/** Settings that nothing is lost with: pattern of the path → reason. */
const DROPPED: readonly (readonly [RegExp, string])[] = [
  [/^app\./, "the framework's own settings"],
  [/^logging\./, "see 'logging' of the new configuration"],
  [/^music\.(?:resource|app)_index_table$/, "never had an effect"],
  [/^engine\.pid$/, "the service manager knows the process"],
  [/^engine\.(?:mode|sim_cfg_loc)$/, SIMULATION],
  [/^engine\.health_timeout$/, "'/livez' and '/readyz' tell the health"],
  [/^engine\.(?:keystone_tenant_url|keystone_project_url|nova_url)$/, CATALOG],
  [/^engine\.(?:(?:compute|topology)_trigger_time|network_control\w*|rpc_server_\w+)$/, "gone long ago"],
  [/^(?:engine|events_listener)\.(?:output_format|logger_name|max_\w+)$/, LOG_FILE],
  [/^engine\.store$/, LOG_FILE],
  [/^events_listener\.passwdfile$/, "passwords are in files of the folder 'secrets'"],
  [/^events_listener\.(?:music|keyspace|replication_factor)$/, "the listener has the store of the service"],
  [/^events_listener\.logging_(?:level|dir)$/, "the engine's log is the listener's too"],
  [/^DEFAULT\.default_log_levels$/, "one level holds for the whole program, see 'logging.level'"],
  [/^DEFAULT\.(?:logging_\w+|use_\w+|log_file|debug|verbose|publish_errors|fatal_deprecations)$/, LOG_FILE],
];

/** Why a setting has no successor; null when that isn't known. */
export function reasonToDrop(path: string): string | null {
  return DROPPED.find(([pattern]) => pattern.test(path))?.[1] ?? null;
}
