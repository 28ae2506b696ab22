import { block, integer, names, number, seconds, text } from "../fields.ts";
import type { Findings } from "../findings.ts";
import type { EngineSettings } from "../settings.ts";

const ratio = () => number(0, 10_000);
const percent = () => number(0, 100).default(0);

const ENGINE = block({
  datacenter_name: text("a name").default("aic"),
  ip: text("an IP address or a host name").default("localhost"),
  priority: integer(1, 1000).default(1),
  num_of_region_chars: integer(0, 64).default(3),
  rack_code_list: names("letters that introduce a rack").default(["r"]),
  node_code_list: names("letters that introduce a node").default(["a", "c", "u", "f", "o", "p", "s"]),
  default_cpu_allocation_ratio: ratio().default(16),
  default_ram_allocation_ratio: ratio().default(1.5),
  default_disk_allocation_ratio: ratio().default(1),
  static_cpu_standby_ratio: percent(),
  static_mem_standby_ratio: percent(),
  static_local_disk_standby_ratio: percent(),
  hold_seconds: seconds(0, 31_536_000).default(0),
}).prefault({});

const NO_POLLING = "the site is read from a file";

/** Names of valet.conf's `[engine]` that mean nothing here, with the reason. */
const RETIRED: ReadonlyMap<string, string> = new Map([
  ["pid", "the service manager knows the process"],
  ["mode", "a simulation is a data-centre file"],
  ["sim_cfg_loc", "a simulation is a data-centre file"],
  ["health_timeout", "'/livez' and '/readyz' tell the health"],
  ["output_format", "see 'logging.format'"],
  ["store", "the log goes where 'logging' says"],
  ["logging_level", "see 'logging.level'"],
  ["logging_dir", "see 'logging.dir'"],
  ["logger_name", "see 'logging'"],
  ["max_main_log_size", "logrotate or the journal rotate"],
  ["max_log_size", "logrotate or the journal rotate"],
  ["max_num_of_logs", "logrotate or the journal rotate"],
  ["compute_trigger_frequency", NO_POLLING],
  ["topology_trigger_frequency", NO_POLLING],
  ["metadata_trigger_frequency", NO_POLLING],
  ["update_batch_wait", NO_POLLING],
]);

/** The engine, under the names of valet.conf's `[engine]`. */
export function readEngine(raw: unknown, findings: Findings): EngineSettings | null {
  const engine = findings.parse(ENGINE, { value: withoutRetired(raw, findings), path: "engine" });
  if (engine === null) return null;
  return {
    datacenterName: engine.datacenter_name,
    ip: engine.ip,
    priority: engine.priority,
    naming: {
      regionChars: engine.num_of_region_chars,
      rackCodes: engine.rack_code_list,
      nodeCodes: engine.node_code_list,
    },
    allocationRatios: {
      cpu: engine.default_cpu_allocation_ratio,
      memory: engine.default_ram_allocation_ratio,
      disk: engine.default_disk_allocation_ratio,
    },
    standbyPercent: {
      cpu: engine.static_cpu_standby_ratio,
      memory: engine.static_mem_standby_ratio,
      disk: engine.static_local_disk_standby_ratio,
    },
    holdMs: engine.hold_seconds,
  };
}

function withoutRetired(raw: unknown, findings: Findings): unknown {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) return raw;
  return Object.fromEntries(
    Object.entries(raw).filter(([key]) => {
      const reason = RETIRED.get(key);
      if (reason !== undefined) findings.warning(`engine.${key}`, `Has no effect: ${reason}`);
      return reason === undefined;
    }),
  );
}
