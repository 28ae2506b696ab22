import { assertEquals } from "@std/assert";
import { site } from "../support/engine_site.ts";
import { ADMIN, assignment, BLUE, done, refusal, server, UseCaseSite } from "../support/usecase_site.ts";
import { readApplication } from "../../src/usecases/read_application.ts";

const HERE = new UseCaseSite();
/** A site without racks. */
const FLAT = new UseCaseSite({
  dataCenter: site({ hosts: { r1h1: { rack: null } }, racks: 1, hostsPerRack: 1 }),
});

/** Resources as they come out of a request: only JSON makes an own key `__proto__`. */
function wire(resources: unknown): Record<string, unknown> {
  return JSON.parse(typeof resources === "string" ? resources : JSON.stringify(resources));
}

async function read(resources: unknown, access = ADMIN, { ctx } = HERE) {
  return done(await readApplication(ctx, access, wire(resources)));
}

async function textOf(resources: unknown, access = ADMIN, { ctx } = HERE): Promise<string> {
  const detail = refusal(await readApplication(ctx, access, wire(resources)));
  if (detail.symbol !== "valet_error") return JSON.stringify(detail);
  return `${detail.status} ${detail.text}`;
}

const RULE = "a string of 1 to 255 characters without control characters";
const LONG = "x".repeat(256);
const zoned = (availability_zone: unknown) => server({ properties: { availability_zone } });
const listing = (metadata: unknown) => server({ properties: { metadata } });

const FAULTS: Readonly<Record<string, [resources: unknown, text: string]>> = {
  "an empty id": [{ "": server() }, `resource "": id must be ${RULE} or "/", and not "." or ".."`],
  "an id with a slash": [
    { "a/b": server() },
    `resource "a/b": id must be ${RULE} or "/", and not "." or ".."`,
  ],
  "an id with a control character": [
    { "a\n": server() },
    `resource "a\uFFFD": id must be ${RULE} or "/", and not "." or ".."`,
  ],
  "a long id": [
    { [LONG]: server() },
    `resource "${"x".repeat(64)}…": id must be ${RULE} or "/", and not "." or ".."`,
  ],
  "a number for a resource": [{ a: 5 }, "resource a: must be an object"],
  "an array for a resource": [{ a: [server()] }, "resource a: must be an object"],
  "null for a resource": [{ a: null }, "resource a: must be an object"],
  "no type": [{ a: { name: "n" } }, "resource a: type must be a string"],
  "a type that is no text": [{ a: { type: ["OS::Nova::Server"] } }, "resource a: type must be a string"],
  "a name that is no text": [{ a: server({ name: 5 }) }, `resource a: name must be ${RULE}`],
  "a long name": [{ a: server({ name: LONG }) }, `resource a: name must be ${RULE}`],
  "a name with a control character": [{ a: server({ name: "a\u0007" }) }, `resource a: name must be ${RULE}`],
  "a server without properties": [
    { a: { type: "OS::Nova::Server" } },
    "resource a: properties.flavor must be a string or a number",
  ],
  "properties that are no object": [
    { a: { type: "OS::Nova::Server", properties: [] } },
    "resource a: properties must be an object",
  ],
  "no flavor": [
    { a: server({ flavor: null }) },
    "resource a: properties.flavor must be a string or a number",
  ],
  "a flavor that is an object": [
    { a: server({ flavor: { name: "v1" } }) },
    "resource a: properties.flavor must be a string or a number",
  ],
  "a long flavor": [{ a: server({ flavor: LONG }) }, `resource a: properties.flavor must be ${RULE}`],
  "a zone that is no text": [
    { a: zoned(["az"]) },
    "resource a: properties.availability_zone must be a string",
  ],
  "a long zone": [{ a: zoned(LONG) }, `resource a: properties.availability_zone must be ${RULE}`],
  "locations that are no array": [
    { a: server({ locations: "r1h1" }) },
    "resource a: locations must be an array of host names",
  ],
  "locations that are no texts": [
    { a: server({ locations: ["r1h1", 5] }) },
    "resource a: locations must be an array of host names",
  ],
  "groups that are no array": [
    { a: listing({ valet: { groups: "g" } }) },
    "resource a: wrong valet metadata format, groups must be an array of group ids or names",
  ],
  "valet metadata that is no object": [
    { a: listing({ valet: ["g"] }) },
    "resource a: wrong valet metadata format, groups must be an array of group ids or names",
  ],
  "an assignment without properties": [
    { a: { type: "ATT::Valet::GroupAssignment" } },
    "resource a: properties.resources must be an array of strings",
  ],
  "properties of an assignment that are null": [
    { a: { type: "ATT::Valet::GroupAssignment", properties: null } },
    "resource a: properties must be an object",
  ],
  "members that are no array": [
    { a: assignment("affinity", "s") },
    "resource a: properties.resources must be an array of strings",
  ],
  "members that are no texts": [
    { a: assignment("affinity", [5]) },
    "resource a: properties.resources must be an array of strings",
  ],
  "no level": [
    { a: assignment("affinity", [], { level: null }) },
    "resource a: properties.level must be one of host, rack, cluster, room",
  ],
  "an unknown level": [
    { a: assignment("affinity", [], { level: "Host" }) },
    "resource a: properties.level must be one of host, rack, cluster, room",
  ],
  "a level that the site lacks": [
    { a: assignment("affinity", [], { level: "cluster" }) },
    "resource a: properties.level 'cluster' does not exist in this site",
  ],
  "an unknown member": [{ a: assignment("affinity", ["nobody"]) }, "invalid resource = nobody"],
  "an ambiguous member": [
    { a: server({ name: "twin" }), b: server({ name: "twin" }), r: assignment("affinity", ["twin"]) },
    "resource name 'twin' is ambiguous",
  ],
  "a member with the name of an inherited property": [
    { a: assignment("affinity", ["constructor"]) },
    "invalid resource = constructor",
  ],
  "an assignment in itself": [
    { a: assignment("affinity", ["a"]) },
    "resource a: group assignments must not contain each other in a cycle",
  ],
  "assignments in a cycle behind another": [
    {
      a: assignment("affinity", ["b"]),
      b: assignment("affinity", ["c"]),
      c: assignment("affinity", ["b"]),
    },
    "resource b: group assignments must not contain each other in a cycle",
  ],
};

for (const [fault, [resources, text]] of Object.entries(FAULTS)) {
  Deno.test(`readApplication refuses ${fault}`, async () => {
    assertEquals(await textOf(resources), `400 ${text}`);
  });
}

Deno.test("readApplication refuses a rack where hosts are in none", async () => {
  const text = "400 resource a: properties.level 'rack' does not exist in this site";
  assertEquals(await textOf({ a: assignment("affinity", [], { level: "rack" }) }, ADMIN, FLAT), text);
});

Deno.test("readApplication refuses more resources than the limit", async () => {
  const { ctx } = new UseCaseSite({ limits: { resourcesPerPlan: 2 } });
  const two = { a: server(), b: server() };
  assertEquals(done(await readApplication(ctx, ADMIN, two)).application.servers.length, 2);
  assertEquals(refusal(await readApplication(ctx, ADMIN, { ...two, c: {} })), {
    symbol: "bad_request",
    explanation: "-> resources must hold at most 2 resources",
  });
});

Deno.test("readApplication takes assignments 32 deep and no deeper, however long the chain", async () => {
  const chain = (length: number) =>
    Object.fromEntries([
      ["s", server()],
      ...Array.from({ length }, (_, index) => [
        `a${index}`,
        assignment("affinity", [index + 1 < length ? `a${index + 1}` : "s"]),
      ]),
    ]);
  assertEquals((await read(chain(32))).application.assignments.length, 32);
  const text = /^400 resource a\d+: group assignments must be nested at most 32 deep$/;
  assertEquals(text.test(await textOf(chain(33))), true);
  assertEquals(text.test(await textOf(chain(4999))), true);
  const backwards = Object.fromEntries(Object.entries(chain(33)).reverse());
  assertEquals(text.test(await textOf(backwards)), true);
});

Deno.test("readApplication is done at once with assignments that share their members over many levels", async () => {
  const level = (index: number) =>
    ["a", "b"].map((half) => [
      `${half}${index}`,
      assignment("affinity", index < 31 ? [`a${index + 1}`, `b${index + 1}`] : ["s"]),
    ]);
  const levels = Array.from({ length: 32 }, (_, index) => level(index)).flat();
  const { application } = await read(Object.fromEntries([["s", server()], ...levels]));
  assertEquals(application.assignments.length, 64);
});

Deno.test("readApplication refuses the first fault in the order of the resources", async () => {
  assertEquals(await textOf({ b: 5, a: null }), "400 resource b: must be an object");
  const late = { a: server({ flavor: null }), b: assignment("affinity", "x") };
  assertEquals(await textOf(late), "400 resource a: properties.flavor must be a string or a number");
});

Deno.test("readApplication reads keys of the first level in any case, and takes the exact one first", async () => {
  const { application: { servers: [one] } } = await read({
    a: { TYPE: "OS::Nova::Server", Properties: { flavor: "v2" }, Name: "shouted", Locations: ["r1h1"] },
  });
  assertEquals([one.name, one.flavor, one.locations], ["shouted", "v2", ["r1h1"]]);
  for (const keys of [["Name", "name"], ["name", "Name"]]) {
    const named = { ...server(), [keys[0]]: `as ${keys[0]}`, [keys[1]]: `as ${keys[1]}` };
    assertEquals((await read({ a: named })).application.servers[0].name, "as name");
  }
  const nested = { a: { type: "OS::Nova::Server", properties: { Flavor: "v1" } } };
  assertEquals(
    await textOf(nested),
    "400 resource a: properties.flavor must be a string or a number",
    "nested keys are untouched",
  );
});

Deno.test("readApplication reads a server's name, flavor, zone and locations", async () => {
  const cases: [object, object][] = [
    [{}, { name: "a", flavor: "v1", zone: null, forcedHost: null, locations: null }],
    [server({ name: "" }), { name: "a" }],
    [server({ name: null }), { name: "a" }],
    [server({ flavor: 42 }), { flavor: "42" }],
    [zoned("az1"), { zone: "az1", forcedHost: null }],
    [zoned("az1:r1h1"), { zone: "az1", forcedHost: "r1h1" }],
    [zoned("az1:r1h1:node"), { zone: "az1", forcedHost: "r1h1" }],
    [zoned(":r1h1"), { zone: null, forcedHost: "r1h1" }],
    [zoned("az1:"), { zone: "az1", forcedHost: null }],
    [zoned(""), { zone: null, forcedHost: null }],
    [zoned(null), { zone: null, forcedHost: null }],
    [server({ locations: [] }), { locations: null }],
    [server({ locations: null }), { locations: null }],
    [server({ locations: ["r1h1"] }), { locations: ["r1h1"] }],
  ];
  for (const [resource, expected] of cases) {
    const { application } = await read({ a: { ...server(), ...resource } });
    assertEquals({ ...application.servers[0], ...expected }, application.servers[0]);
  }
});

Deno.test("readApplication lets admins alone force a host", async () => {
  const text = "400 resource a: properties.availability_zone may name a host only with an admin's token";
  assertEquals(await textOf({ a: zoned("az1:r1h1") }, BLUE), text);
  assertEquals((await read({ a: zoned("az1:") }, BLUE)).application.servers[0].zone, "az1");
});

Deno.test("readApplication keeps six hints of Heat and no other metadata", async () => {
  const hints = {
    heat_root_stack_id: "1",
    heat_stack_id: "2",
    heat_stack_name: "3",
    heat_path_in_stack: ["4"],
    heat_resource_name: "5",
    heat_resource_uuid: "6",
  };
  const metadata = { ...hints, heat_other: "7", secret: "8" };
  const { hints: kept } = await read({ a: server({ metadata }), b: server(), c: server({ metadata: [] }) });
  assertEquals([...kept], [["a", hints], ["b", {}], ["c", {}]]);
});

Deno.test("readApplication passes over resources of other types, whatever is in them", async () => {
  const { application } = await read({
    v: { type: "OS::Cinder::Volume", name: "vol", properties: null },
    p: { type: "OS::Neutron::Port", properties: ["odd"] },
    n: { type: "", locations: 5 },
    s: server({ name: "srv" }),
    r: assignment("diversity", ["srv", "vol", "p"]),
  });
  assertEquals(application.servers.map(({ id }) => id), ["s"]);
  assertEquals(application.assignments.map(({ members }) => members), [["s"]]);
});

Deno.test("readApplication turns names into ids in the members of assignments, ids first and each once", async () => {
  const { application } = await read({
    a: server({ name: "b" }),
    b: server({ name: "a server" }),
    r: assignment("affinity", ["b", "a server", "b"], { level: "rack" }),
    outer: assignment("diversity", ["inner", "a"], { level: "rack" }),
    i: { ...assignment("affinity", ["a"]), name: "inner" },
  });
  assertEquals(
    application.assignments.map(({ id, name, type, level, group, members }) =>
      [id, name, type, level, group, members] as unknown[]
    ),
    [
      ["r", "r", "affinity", "rack", null, ["b"]],
      ["outer", "outer", "diversity", "rack", null, ["i", "a"]],
      ["i", "inner", "affinity", "host", null, ["a"]],
    ],
  );
});

Deno.test("readApplication takes hostile keys for what they are", async () => {
  const resources = wire(`{
    "__proto__": {"type": "OS::Nova::Server", "__proto__": {"x": 1},
      "properties": {"flavor": "v1", "__proto__": {"availability_zone": "az:h"}},
      "metadata": {"__proto__": {"heat_stack_id": "s"}}},
    "constructor": {"type": "OS::Nova::Server", "properties": {"flavor": "v1"}},
    "r": {"type": "ATT::Valet::GroupAssignment",
      "properties": {"group_type": "diversity", "level": "host", "resources": ["__proto__", "constructor"]}}}`);
  const { application, hints } = done(await readApplication(HERE.ctx, BLUE, resources));
  assertEquals(application.servers.map(({ id, zone }) => [id, zone]), [["__proto__", null], [
    "constructor",
    null,
  ]]);
  assertEquals(application.assignments[0].members, ["__proto__", "constructor"]);
  assertEquals(hints.get("__proto__"), {});
  const inherited = `{"a": {"__proto__": {"type": "OS::Nova::Server", "properties": {"flavor": "v1"}}}}`;
  assertEquals(await textOf(inherited), "400 resource a: type must be a string");
});
