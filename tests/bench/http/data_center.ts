import { type DataCenterFile, dataCenterFile, hostName, type VmRow } from "../../support/data_centers.ts";
import { seededRandom } from "../../support/random.ts";

export const HOST_VCPUS = 32;

const VM = { vcpus: 2, ram_mb: 4096, disk_gb: 40 };

export interface Size {
  readonly racks: number;
  readonly hostsPerRack: number;
}

export function hostsOf({ racks, hostsPerRack }: Size): number {
  return racks * hostsPerRack;
}

/** Equal hosts, some empty and some nearly full, the same each time; `fill` is the share of their vCPUs in use. */
export function benchDataCenter(size: Size, { fill }: { fill: number }): DataCenterFile {
  const random = seededRandom(hostsOf(size));
  const vms: Record<string, VmRow[]> = {};
  for (let rack = 1; rack <= size.racks; rack++) {
    for (let host = 1; host <= size.hostsPerRack; host++) {
      const name = hostName(rack, host);
      const count = Math.round(2 * fill * random() * HOST_VCPUS / VM.vcpus);
      vms[name] = Array.from({ length: count }, (_, number) => ({ uuid: `${name}-${number}`, ...VM }));
    }
  }
  return dataCenterFile({ ...size, vcpus: HOST_VCPUS, ramMb: 131_072, diskGb: 2000, vms });
}
