import { assertEquals } from "@std/assert";
import type { JsonObject } from "../../src/usecases/raw_resources.ts";
import { readApplication } from "../../src/usecases/read_application.ts";
import { ADMIN, assignment, done, refusal, server, UseCaseSite } from "../support/usecase_site.ts";

const read = (resources: JsonObject) => readApplication(new UseCaseSite().ctx, ADMIN, resources);

const textOf = async (resources: JsonObject) => {
  const detail = refusal(await read(resources));
  return detail.symbol === "valet_error" ? `${detail.status} ${detail.text}` : detail.symbol;
};

function pipe(resources: unknown, bandwidth: unknown = { min: 24.1, max: 30, tolerance: 1, units: "Mbps" }) {
  return { type: "ATT::Valet::Pipe", properties: { resources, bandwidth, access_type: "mixed" } };
}

function serverGroup(properties: JsonObject): object {
  return { type: "OS::Nova::ServerGroup", properties };
}

const hinted = (group: unknown) => server({ properties: { scheduler_hints: { group } } });
const two = { a: server({ name: "web" }), b: server() };

Deno.test("readApplication reserves the minimum of a pipe between two servers, by ids or names", async () => {
  const amounts: readonly (readonly [object, number])[] = [
    [{ min: 24.1, units: "Mbps" }, 24_100],
    [{ min: "24.1", units: "mbps" }, 24_100],
    [{ min: 1, max: 9, units: "Gbps" }, 1_000_000],
    [{ min: 64, units: "Kbps" }, 64],
    [{ min: 1500, units: "bps" }, 2],
    [{ min: 2.007, units: "Mbps" }, 2007],
    [{ min: 0.000123, units: "Gbps" }, 123],
    [{ min: 2.0071, units: "Mbps" }, 2008],
  ];
  for (const [bandwidth, kbps] of amounts) {
    const { application } = done(await read({ ...two, p: pipe(["web", "b"], bandwidth) }));
    assertEquals(application.pipes, [{ id: "p", servers: ["a", "b"], kbps }]);
  }
});

Deno.test("readApplication leaves out pipes to what is not placed, of one end, and of no bandwidth", async () => {
  const { application } = done(
    await read({
      ...two,
      volume: { type: "OS::Cinder::Volume", name: "disk" },
      p1: pipe(["a", "disk"]),
      p2: pipe(["a"]),
      p3: pipe(["a", "b"], { min: 0, units: "Mbps" }),
    }),
  );
  assertEquals(application.pipes, undefined);
});

const BAD_PIPES: Readonly<Record<string, readonly [resources: JsonObject, text: string]>> = {
  "without properties": [
    { ...two, p: { type: "ATT::Valet::Pipe" } },
    "400 resource p: properties must be an object",
  ],
  "of three ends": [
    { ...two, p: pipe(["a", "b", "a"]) },
    "400 resource p: properties.resources must be an array of one or two strings",
  ],
  "without bandwidth": [
    { ...two, p: pipe(["a", "b"], null) },
    "400 resource p: properties.bandwidth must be an object",
  ],
  "in unknown units": [
    { ...two, p: pipe(["a", "b"], { min: 1, units: "furlongs" }) },
    "400 resource p: properties.bandwidth.units must be one of bps, Kbps, Mbps, Gbps",
  ],
  "of negative bandwidth": [
    { ...two, p: pipe(["a", "b"], { min: -1, units: "bps" }) },
    "400 resource p: properties.bandwidth.min must be a number from 0 to 1,000,000 Gbps",
  ],
  "of blank bandwidth": [
    { ...two, p: pipe(["a", "b"], { min: " ", units: "Mbps" }) },
    "400 resource p: properties.bandwidth.min must be a number from 0 to 1,000,000 Gbps",
  ],
  "of bandwidth in hexadecimal": [
    { ...two, p: pipe(["a", "b"], { min: "0x10", units: "Mbps" }) },
    "400 resource p: properties.bandwidth.min must be a number from 0 to 1,000,000 Gbps",
  ],
  "of endless bandwidth": [
    { ...two, p: pipe(["a", "b"], { min: 1e300, units: "Gbps" }) },
    "400 resource p: properties.bandwidth.min must be a number from 0 to 1,000,000 Gbps",
  ],
  "to nothing": [{ ...two, p: pipe(["a", "nobody"]) }, "400 invalid resource = nobody"],
  "to one of two": [
    { a: server({ name: "twin" }), b: server({ name: "twin" }), p: pipe(["a", "twin"]) },
    "400 resource name 'twin' is ambiguous",
  ],
  "to itself": [
    { ...two, p: pipe(["a", "web"]) },
    "400 resource p: properties.resources must name two different resources",
  ],
  "to an assignment": [
    { ...two, g: assignment("affinity", ["a", "b"]), p: pipe(["a", "g"]) },
    "400 resource p: properties.resources must name servers or volumes, not assignments",
  ],
  "to a server group": [
    { ...two, g: serverGroup({ policy: "affinity" }), p: pipe(["a", "g"]) },
    "400 resource p: properties.resources must name servers or volumes, not assignments",
  ],
};

for (const [name, [resources, text]] of Object.entries(BAD_PIPES)) {
  Deno.test(`readApplication refuses a pipe ${name}`, async () =>
    assertEquals(await textOf(resources), text));
}

Deno.test("readApplication reads server groups as rules over the servers that name them", async () => {
  const policies: readonly (readonly [JsonObject, object])[] = [
    [{ policies: ["affinity"] }, { type: "affinity" }],
    [{ policies: ["anti-affinity"] }, { type: "diversity" }],
    [{ policy: "soft-affinity" }, { type: "affinity", softWeight: 1 }],
    [{ policy: "soft-anti-affinity" }, { type: "diversity", softWeight: 1 }],
    [{ policy: "anti-affinity", rules: { max_server_per_host: 3 } }, {
      type: "diversity",
      mostPerResource: 3,
    }],
  ];
  for (const [properties, rule] of policies) {
    const { application } = done(
      await read({
        g: { ...serverGroup(properties), name: "grp" },
        a: hinted("grp"),
        b: hinted("g"),
        c: server(),
      }),
    );
    assertEquals(application.assignments, [{
      ...rule as { type: "affinity" },
      level: "host",
      group: null,
      id: "g",
      name: "grp",
      members: ["a", "b"],
    }]);
  }
});

Deno.test("readApplication lets scheduler hints join an assignment too, and leaves alone what only Nova knows", async () => {
  const { application } = done(
    await read({
      a: server(),
      b: hinted("far"),
      c: hinted("known-to-nova"),
      far: assignment("diversity", ["a"]),
    }),
  );
  assertEquals(application.assignments.map(({ members }) => members), [["a", "b"]]);
});

Deno.test("readApplication refuses scheduler hints that may mean one group or another", async () => {
  const twin = { ...serverGroup({ policy: "affinity" }), name: "twin" };
  assertEquals(
    await textOf({ g: twin, h: twin, a: hinted("twin") }),
    "400 resource name 'twin' is ambiguous",
  );
});

Deno.test("readApplication passes over scheduler hints that name no group", async () => {
  for (const group of ["b", "", null, ["g"], 5]) {
    const { application } = done(
      await read({ a: hinted(group), b: server(), g: serverGroup({ policy: "affinity" }) }),
    );
    assertEquals(application.assignments.map(({ members }) => members), [[]], JSON.stringify(group));
  }
});

Deno.test("readApplication reads soft rules with their weight", async () => {
  for (const [properties, softWeight] of [[{ soft: true }, 1], [{ soft: true, weight: 100 }, 100]] as const) {
    const { application } = done(await read({ ...two, g: assignment("affinity", ["a", "b"], properties) }));
    assertEquals(application.assignments[0].softWeight, softWeight);
  }
  for (const properties of [{ soft: false }, { soft: null, weight: null }]) {
    const { application } = done(await read({ ...two, g: assignment("affinity", ["a", "b"], properties) }));
    assertEquals("softWeight" in application.assignments[0], false);
  }
});

const BAD_RULES: Readonly<Record<string, readonly [resource: object, text: string]>> = {
  "a server group without policy": [
    serverGroup({}),
    "properties.policies must be a list of one of affinity, anti-affinity, soft-affinity, soft-anti-affinity",
  ],
  "a server group of a policy from the prototype": [
    serverGroup({ policy: "constructor" }),
    "properties.policies must be a list of one of affinity, anti-affinity, soft-affinity, soft-anti-affinity",
  ],
  "a limit of no servers": [
    serverGroup({ policy: "anti-affinity", rules: { max_server_per_host: 0 } }),
    "properties.rules.max_server_per_host must be an integer of at least 1",
  ],
  "a limit on affinity": [
    serverGroup({ policy: "affinity", rules: { max_server_per_host: 2 } }),
    "properties.rules.max_server_per_host goes with anti-affinity only",
  ],
  "soft of another type": [
    assignment("affinity", ["a"], { soft: "yes" }),
    "properties.soft must be true or false",
  ],
  "a weight of a rule that must hold": [
    assignment("affinity", ["a"], { weight: 5 }),
    "properties.weight goes with properties.soft: true only",
  ],
  "a weight beyond the scale": [
    assignment("affinity", ["a"], { soft: true, weight: 101 }),
    "properties.weight must be an integer from 1 to 100",
  ],
};

for (const [name, [resource, text]] of Object.entries(BAD_RULES)) {
  Deno.test(`readApplication refuses ${name}`, async () => {
    assertEquals(await textOf({ a: server(), g: resource }), `400 resource g: ${text}`);
  });
}

Deno.test("readApplication reads soft rules of stored groups", async () => {
  const here = new UseCaseSite();
  await here.group("near", { type: "affinity" });
  const { application } = done(
    await readApplication(here.ctx, ADMIN, {
      ...two,
      g: {
        type: "OS::Valet::GroupAssignment",
        properties: { group: "near", resources: ["a", "b"], soft: true, weight: 7 },
      },
    }),
  );
  const [{ group, softWeight }] = application.assignments;
  assertEquals([group?.name, softWeight], ["near", 7]);
});

Deno.test("readApplication refuses exclusivity that may be broken", async () => {
  const here = new UseCaseSite();
  await here.group("mine", { members: ["p-admin"] });
  const resources = {
    a: server(),
    g: assignment("exclusivity", ["a"], { group_name: "mine", soft: true }),
  };
  const detail = refusal(await readApplication(here.ctx, ADMIN, resources));
  assertEquals(detail, {
    symbol: "valet_error",
    status: 400,
    text: "resource g: properties.soft is for affinity and diversity only",
  });
});
