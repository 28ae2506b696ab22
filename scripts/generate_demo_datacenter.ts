import { randomNumbers } from "../src/engine/search/prng.ts";

const TARGET = new URL("../config/demo_datacenter.json", import.meta.url);
const SEED = 20170614;
const RACKS = 10;
const HOSTS_PER_RACK = 12;
const FILL = 0.35;
const PROJECTS = ["demo", "blue", "green"];

/** OpenStack's classic flavors with their shares of the servers that run, and one that asks for the SSD aggregate. */
const FLAVORS = [
  { name: "m1.tiny", flavor_id: "1", vcpus: 1, ram_mb: 512, disk_gb: 1, extra_specs: {}, share: 0.1 },
  { name: "m1.small", flavor_id: "2", vcpus: 1, ram_mb: 2048, disk_gb: 20, extra_specs: {}, share: 0.2 },
  { name: "m1.medium", flavor_id: "3", vcpus: 2, ram_mb: 4096, disk_gb: 40, extra_specs: {}, share: 0.3 },
  { name: "m1.large", flavor_id: "4", vcpus: 4, ram_mb: 8192, disk_gb: 80, extra_specs: {}, share: 0.25 },
  { name: "m1.xlarge", flavor_id: "5", vcpus: 8, ram_mb: 16384, disk_gb: 160, extra_specs: {}, share: 0.15 },
  {
    name: "ssd.large",
    flavor_id: "6",
    vcpus: 4,
    ram_mb: 8192,
    disk_gb: 80,
    extra_specs: { "aggregate_instance_extra_specs:ssd": "true" },
    share: 0,
  },
];

type Random = () => number;

/** The demo's site: two zones of five racks, the last rack of each zone with larger hosts on SSD. */
export function demoDataCenter(seed: number = SEED) {
  const random = randomNumbers(seed);
  const positions = Array.from({ length: RACKS * HOSTS_PER_RACK }, (_, index) => ({
    rack: Math.floor(index / HOSTS_PER_RACK) + 1,
    slot: index % HOSTS_PER_RACK + 1,
  }));
  const hosts = positions.map((position) => hostAt(position, random));
  return {
    datacenter: "demo",
    allocation_ratios: { cpu: 1, ram: 1, disk: 1 },
    network: { nic_mbps: 25_000, rack_uplink_mbps: 75_000, cluster_uplink_mbps: 200_000 },
    flavors: FLAVORS.map(({ share: _, ...flavor }) => flavor),
    hosts,
    aggregates: [{
      name: "ssd",
      hosts: positions.flatMap(({ rack }, index) => isSsd(rack) ? hosts[index].name : []),
      metadata: { ssd: "true" },
    }],
  };
}

function isSsd(rack: number): boolean {
  return rack % (RACKS / 2) === 0;
}

function hostAt({ rack, slot }: { rack: number; slot: number }, random: Random) {
  const size = isSsd(rack)
    ? { vcpus: 48, ram_mb: 196_608, disk_gb: 3200 }
    : { vcpus: 32, ram_mb: 131_072, disk_gb: 4000 };
  // Between empty and twice the mean, so that no two hosts look alike.
  const vms = vmsFor(Math.round(size.vcpus * FILL * 2 * random()), random);
  const sum = (key: "vcpus" | "ram_mb" | "disk_gb") => vms.reduce((total, vm) => total + vm[key], 0);
  return {
    name: `dem01r${padded(rack, 2)}c${padded(slot, 3)}`,
    availability_zone: rack <= RACKS / 2 ? "zone1" : "zone2",
    vcpus: size.vcpus,
    vcpus_used: sum("vcpus"),
    ram_mb: size.ram_mb,
    ram_used_mb: sum("ram_mb"),
    disk_gb: size.disk_gb,
    disk_used_gb: sum("disk_gb"),
    vms,
  };
}

function vmsFor(vcpus: number, random: Random) {
  const vms = [];
  for (let left = vcpus; left > 0;) {
    const flavor = drawFlavor(random());
    if (flavor.vcpus > left) continue;
    left -= flavor.vcpus;
    const { ram_mb, disk_gb } = flavor;
    const project_id = PROJECTS[Math.floor(random() * PROJECTS.length)];
    vms.push({ uuid: uuidFrom(random), vcpus: flavor.vcpus, ram_mb, disk_gb, project_id });
  }
  return vms;
}

function drawFlavor(draw: number) {
  let below = 0;
  return FLAVORS.find(({ share }) => draw < (below += share)) ?? FLAVORS[0];
}

/** A version 4 UUID that the seed decides. */
function uuidFrom(random: Random): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16));
  hex[12] = "4";
  hex[16] = "89ab"[Math.floor(random() * 4)];
  return hex.join("").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function padded(value: number, digits: number): string {
  return String(value).padStart(digits, "0");
}

if (import.meta.main) Deno.writeTextFileSync(TARGET, `${JSON.stringify(demoDataCenter(), null, 2)}\n`);
