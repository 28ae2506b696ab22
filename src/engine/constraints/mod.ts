import { affinity } from "./affinity.ts";
import { availabilityZone } from "./availability_zone.ts";
import { bandwidth } from "./bandwidth.ts";
import type { Constraint } from "./constraint.ts";
import { cpuCapacity } from "./cpu_capacity.ts";
import { diversity } from "./diversity.ts";
import { exclusivity } from "./exclusivity.ts";
import { hostAggregate } from "./host_aggregate.ts";
import { hostList } from "./host_list.ts";
import { hostStatus } from "./host_status.ts";
import { localDiskCapacity } from "./local_disk_capacity.ts";
import { memoryCapacity } from "./memory_capacity.ts";
import { namedAffinity } from "./named_affinity.ts";
import { namedDiversity } from "./named_diversity.ts";
import { nonExclusivity } from "./non_exclusivity.ts";
import { numaTopology } from "./numa_topology.ts";
import { pciDevices } from "./pci_devices.ts";
import { traits } from "./traits.ts";

/** Every rule, in the order in which refusals count what each one takes away. */
export const CONSTRAINTS: readonly Constraint[] = [
  hostStatus,
  hostList,
  availabilityZone,
  hostAggregate,
  cpuCapacity,
  memoryCapacity,
  localDiskCapacity,
  traits,
  numaTopology,
  pciDevices,
  namedDiversity,
  diversity,
  exclusivity,
  nonExclusivity,
  namedAffinity,
  affinity,
  bandwidth,
];
