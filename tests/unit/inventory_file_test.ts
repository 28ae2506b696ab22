import { assert, assertEquals, assertRejects } from "@std/assert";
import { Rejected, Unavailable } from "../../src/ports/failures.ts";
import { type DataCenterFile, dataCenterFile, hostName } from "../support/data_centers.ts";
import { amounts } from "../support/engine_site.ts";
import { openFileInventory } from "../support/file_inventory.ts";

const SMALL = dataCenterFile({ racks: 1, hostsPerRack: 1 });
const [HOST] = SMALL.hosts;

function withHost(changes: Record<string, unknown>): Record<string, unknown> {
  return { ...SMALL, hosts: [{ ...HOST, ...changes }] };
}

async function load(file: unknown, options: Parameters<typeof openFileInventory>[1] = {}) {
  await using tested = openFileInventory(JSON.stringify(file), options);
  return { dataCenter: await tested.inventory.load(), log: tested.log };
}

const WRONG: readonly (readonly [what: string, file: unknown, message: string])[] = [
  ["a number as text", withHost({ vcpus: "16" }), "hosts[0].vcpus: Wanted an integer from 0 to 1000000000"],
  ["a fraction", withHost({ ram_mb: 1.5 }), "hosts[0].ram_mb: Wanted an integer"],
  ["a negative amount", withHost({ disk_used_gb: -1 }), "hosts[0].disk_used_gb: Wanted an integer"],
  ["a missing amount", withHost({ vcpus_used: undefined }), "hosts[0].vcpus_used: Wanted an integer"],
  ["an empty name", withHost({ name: "" }), "hosts[0].name: Wanted a text of 1 to 255 characters"],
  [
    "a server without uuid",
    withHost({ vms: [{ vcpus: 1, ram_mb: 1, disk_gb: 1 }] }),
    "hosts[0].vms[0].uuid: Wanted",
  ],
  ["an object as list", { ...SMALL, hosts: {} }, "hosts: Wanted a list"],
  ["a list as object", { ...SMALL, network: [1] }, "network[0]: Wanted no list"],
  [
    "a ratio of 0",
    { ...SMALL, allocation_ratios: { cpu: 0 } },
    "allocation_ratios.cpu: Wanted a number above 0",
  ],
  [
    "a ratio of an aggregate that is no number",
    { ...SMALL, aggregates: [{ name: "a", hosts: [], metadata: { ram_allocation_ratio: "much" } }] },
    "aggregates[0].metadata.ram_allocation_ratio: Wanted a number above 0",
  ],
  [
    "an extra spec that is no text",
    { ...SMALL, flavors: [{ ...SMALL.flavors[0], extra_specs: { ssd: true } }] },
    "flavors[0].extra_specs.ssd: Wanted a text",
  ],
  ["no host", { ...SMALL, hosts: [] }, "hosts: Wanted a list of at least one host"],
  ["a host twice", { ...SMALL, hosts: [HOST, HOST] }, `hosts[].name: '${HOST.name}' is there twice`],
  [
    "a server on two hosts",
    {
      ...SMALL,
      hosts: ["x", "y"].map((name) => ({
        ...HOST,
        name,
        vms: [{ uuid: "vm", vcpus: 1, ram_mb: 1, disk_gb: 1 }],
      })),
    },
    "hosts[].vms[].uuid: 'vm' is there twice",
  ],
  [
    "a rack in two clusters",
    {
      ...SMALL,
      hosts: [{ ...HOST, rack: "r", cluster: "a" }, { ...HOST, name: "x", rack: "r", cluster: "b" }],
    },
    "hosts[].cluster: Hosts of rack 'r' are in 'a' and 'b', wanted one",
  ],
  [
    "a cluster partly in a room",
    { ...SMALL, hosts: [{ ...HOST, cluster: "c", room: "east" }, { ...HOST, name: "x", cluster: "c" }] },
    "hosts[].room: Hosts of cluster 'c' are in 'east' and none, wanted one",
  ],
  [
    "a cell twice on a host",
    withHost({ numa: [{ cell: 1, vcpus: 8, ram_mb: 1024 }, { cell: 1, vcpus: 8, ram_mb: 1024 }] }),
    `numa[].cell of host '${HOST.name}': '1' is there twice`,
  ],
];

for (const [what, file, message] of WRONG) {
  Deno.test(`FileInventory.load refuses ${what}, naming the path and the wanted value`, async () => {
    await using tested = openFileInventory(JSON.stringify(file));
    const error = await assertRejects(() => tested.inventory.load(), Rejected, message);
    assert(error.message.includes(tested.path), "names the file");
  });
}

Deno.test("FileInventory.load tells all problems of a row at once", async () => {
  await using tested = openFileInventory(JSON.stringify(withHost({ vcpus: -1, status: 5 })));
  const { message } = await assertRejects(() => tested.inventory.load(), Rejected);
  assert(/hosts\[0\]\.status: .*; hosts\[0\]\.vcpus: /.test(message), message);
});

const UNREADABLE: readonly (readonly [what: string, content: string | Uint8Array | null, message: string])[] =
  [
    ["a file that is not there", null, "does not exist"],
    ["an empty file", "", "The text ends before its object does"],
    ["a list", "[]", "Unexpected '['"],
    ["half a file", JSON.stringify(SMALL).slice(0, -1), "The text ends before its object does"],
    ["broken JSON in a host", '{"hosts":[{"name":}]}', "hosts[0] is no JSON"],
    ["a key that is there twice", '{"datacenter":"a","datacenter":"b"}', "Key 'datacenter' is there twice"],
    ["bytes that are no UTF-8", Uint8Array.of(0x7b, 0x22, 0xff, 0x22), "Wanted a text in UTF-8"],
  ];

for (const [what, content, message] of UNREADABLE) {
  Deno.test(`FileInventory.load refuses ${what}`, async () => {
    await using tested = openFileInventory(content);
    await assertRejects(() => tested.inventory.load(), Rejected, message);
  });
}

Deno.test("FileInventory.load takes a failure of the system for one that may pass", async () => {
  await using tested = openFileInventory(null);
  Deno.mkdirSync(tested.path);
  await assertRejects(() => tested.inventory.load(), Unavailable, "can't be read");
});

Deno.test("FileInventory.load warns of keys that nobody knows, each once with its count", async () => {
  const strange = { ...HOST, color: "red", vms: [{ uuid: "v", vcpus: 0, ram_mb: 0, disk_gb: 0, tag: 1 }] };
  const { log } = await load({
    ...SMALL,
    hosts: [strange, { ...HOST, name: "x", color: "blue" }],
    params: { seed: 1 },
    racks_used: ["a", "b"],
    allocation_ratios: { cpu: 1, gpu: 1 },
  });
  const warned = log.of("Unknown key in the data-centre file").map(({ key, times }) => [key, times]);
  assertEquals(Object.fromEntries(warned), {
    "hosts[].color": 2,
    "hosts[].vms[].tag": 1,
    "params": 1,
    "racks_used": 1,
    "allocation_ratios.gpu": 1,
  });
});

Deno.test("FileInventory.load gives traits, cells and devices of a host, and the network in kbit/s, without a warning", async () => {
  const { dataCenter, log } = await load({
    ...withHost({
      cluster: "c1",
      room: "r1",
      traits: ["HW_CPU_X86_AVX2"],
      numa: [{ cell: 0, vcpus: 8, ram_mb: 1024 }],
      pci: [{ alias: "gpu", count: 2, cell: 0 }, { alias: "nic", count: 1 }],
    }),
    network: { nic_mbps: 25_000, rack_uplink_mbps: 75_000, cluster_uplink_mbps: 200_000 },
  });
  const { hosts: [{ traits, numa, pci, cluster, room }], network } = dataCenter;
  assertEquals([cluster, room], ["c1", "r1"]);
  assertEquals(traits, ["HW_CPU_X86_AVX2"]);
  assertEquals(numa, [{ cell: 0, milliVcpu: 8000, memoryMib: 1024 }]);
  assertEquals(pci?.map(({ alias, count, cell }) => [alias, count, cell]), [["gpu", 2, 0], [
    "nic",
    1,
    undefined,
  ]]);
  assertEquals(network, { nicKbps: 25_000_000, rackUplinkKbps: 75_000_000, clusterUplinkKbps: 200_000_000 });
  assertEquals(log.lines, []);
});

Deno.test("FileInventory.load leaves unknown what the file does not tell of hardware and network", async () => {
  const { dataCenter } = await load({ ...SMALL, network: { nic_mbps: 10 } });
  const { hosts: [{ traits, numa, pci }], network } = dataCenter;
  assertEquals([traits, numa, pci], [undefined, undefined, undefined]);
  assertEquals(network, { nicKbps: 10_000, rackUplinkKbps: undefined, clusterUplinkKbps: undefined });
});

Deno.test("FileInventory.load warns of an aggregate's hosts that the file lacks", async () => {
  const { log } = await load({ ...SMALL, aggregates: [{ name: "a", hosts: ["gone", HOST.name] }] });
  const [entry] = log.of("Aggregate lists hosts that the data-centre file lacks");
  assertEquals([entry.aggregate, entry.hosts], ["a", ["gone"]]);
});

Deno.test("FileInventory.load takes a host's explicit rack before the one in its name, and null for neither", async () => {
  const hosts = [{ ...HOST, rack: "A1" }, { ...HOST, name: "compute-1" }, {
    ...HOST,
    name: "compute-2",
    rack: "A2",
  }];
  const { dataCenter } = await load({ ...SMALL, hosts });
  assertEquals(dataCenter.hosts.map(({ rack }) => rack), ["A1", null, "A2"]);
});

Deno.test("FileInventory.load takes a host's own zone, else the first zone among its aggregates, else nova", async () => {
  const hosts = ["a", "b", "c"].map((name) => ({ ...HOST, name }));
  const { dataCenter } = await load({
    ...SMALL,
    hosts: [{ ...hosts[0], availability_zone: "own" }, hosts[1], hosts[2]],
    aggregates: [
      { name: "none", hosts: ["a", "b", "c"] },
      { name: "first", availability_zone: "z1", hosts: ["a", "b"] },
      { name: "second", availability_zone: "z2", hosts: ["b"] },
    ],
  });
  assertEquals(dataCenter.hosts.map(({ availabilityZone }) => availabilityZone), ["own", "z1", "nova"]);
});

const STATUSES: readonly (readonly [status: string | null, usable: boolean])[] = [
  [null, true],
  ["enabled", true],
  ["up", true],
  ["disabled", false],
  ["down", false],
  ["UP", false],
];

for (const [status, usable] of STATUSES) {
  Deno.test(`FileInventory.load finds a host of status '${status}' ${usable ? "usable" : "unusable"}`, async () => {
    const { dataCenter: { hosts } } = await load(withHost({ status }));
    assertEquals(hosts[0].unusable, usable ? null : `The host's status is '${status}'`);
  });
}

Deno.test("FileInventory.load takes ratios from aggregates, else from the file, else from the settings", async () => {
  const hosts = ["a", "b"].map((name) => ({ ...HOST, name }));
  const { dataCenter } = await load({
    ...SMALL,
    hosts,
    allocation_ratios: { ram: 2 },
    aggregates: [
      { name: "1", hosts: ["a"], metadata: { cpu_allocation_ratio: "4", ram_allocation_ratio: "1.25" } },
      { name: "2", hosts: ["a"], metadata: { cpu_allocation_ratio: "3" } },
    ],
  }, { standbyPercent: { cpu: 0, memory: 0, disk: 25 } });
  const [a, b] = dataCenter.hosts.map(({ capacity }) => capacity);
  assertEquals(a, amounts(48, 40, 300));
  assertEquals(b, amounts(256, 64, 300));
});

Deno.test("FileInventory.load takes the used amounts as they are, more or less than the servers' sum", async () => {
  const vms = [{ uuid: "vm", vcpus: 4, ram_mb: 1024, disk_gb: 1 }];
  const { dataCenter } = await load(withHost({ vms, vcpus_used: 1, ram_used_mb: 2048, disk_used_gb: 0 }));
  assertEquals(dataCenter.hosts[0].used, { milliVcpu: 1000, memoryMib: 2048, diskMib: 0 });
});

Deno.test("FileInventory.load gives the file's name of the site, else the configured one", async () => {
  assertEquals((await load(SMALL)).dataCenter.name, "test");
  assertEquals((await load({ ...SMALL, datacenter: undefined })).dataCenter.name, "unnamed");
});

Deno.test("FileInventory.load reads the file anew each time", async () => {
  await using tested = openFileInventory(JSON.stringify(SMALL));
  await tested.inventory.load();
  const grown: DataCenterFile = dataCenterFile({ racks: 1, hostsPerRack: 2 });
  Deno.writeTextFileSync(tested.path, JSON.stringify(grown));
  const { hosts } = await tested.inventory.load();
  assertEquals(hosts.map(({ name }) => name), [hostName(1, 1), hostName(1, 2)]);
});

Deno.test("FileInventory.load takes a file with a byte order mark", async () => {
  await using tested = openFileInventory(`\ufeff${JSON.stringify(SMALL)}`);
  assertEquals((await tested.inventory.load()).name, "test");
});
