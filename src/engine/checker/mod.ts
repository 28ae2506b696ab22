import type { DataCenter } from "../../domain/data_center.ts";
import type { Holding } from "../../domain/holding.ts";
import { aggregates } from "./aggregates.ts";
import { bandwidth } from "./bandwidth.ts";
import { capacity } from "./capacity.ts";
import { type Case, caseOf, type Finished, type Violation } from "./case.ts";
import { privateGroups } from "./groups.ts";
import { hardwareOverbooked, numaTopology, pciDevices } from "./hardware.ts";
import { namedGroups } from "./named_groups.ts";
import { placedOnce } from "./placed_once.ts";
import { singleServers, stays } from "./single_server.ts";
import { traits } from "./traits.ts";
import { heldBeyond, overbooked } from "./world.ts";

export type { Finished } from "./case.ts";

const RULES: readonly ((judged: Case) => Violation[])[] = [
  placedOnce,
  stays,
  singleServers,
  aggregates,
  capacity,
  traits,
  numaTopology,
  pciDevices,
  bandwidth,
  privateGroups,
  namedGroups,
];

/** Every rule that a finished placement breaks; knows nothing of how it was found. */
export function checkPlacement(finished: Finished): Violation[] {
  const judged = caseOf(finished);
  return RULES.flatMap((rule) => rule(judged));
}

/** Hosts on which Valet's holdings exceed the capacity, with what the inventory counts, or cells and devices. */
export function checkModel(
  { dataCenter, holdings }: { readonly dataCenter: DataCenter; readonly holdings: readonly Holding[] },
): Violation[] {
  const held = heldBeyond(dataCenter, holdings);
  const crowded = hardwareOverbooked(dataCenter, holdings);
  return dataCenter.hosts.flatMap((host): Violation[] => {
    const taken = held.get(host.name);
    const over: string[] = taken ? overbooked(host, taken) : [];
    if (crowded.includes(host)) over.push("hardware");
    if (over.length === 0) return [];
    const serverIds = holdings.filter(({ host: name, origin }) => name === host.name || origin === host.name)
      .map(({ serverId }) => serverId);
    return [{ rule: "capacity", serverIds, text: `Host "${host.name}" is overbooked in ${over.join(", ")}` }];
  });
}
