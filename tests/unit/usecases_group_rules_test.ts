import { assertEquals } from "@std/assert";
import { site } from "../support/engine_site.ts";
import { ADMIN, assignment, BLUE, done, refusal, server, UseCaseSite } from "../support/usecase_site.ts";
import { readApplication } from "../../src/usecases/read_application.ts";

const LONG = "n".repeat(300);

async function siteWithGroups(): Promise<UseCaseSite> {
  const here = new UseCaseSite();
  await here.group("Blue", { members: ["p-blue"] });
  await here.group("green", { members: ["p-green"] });
  await here.group("both", { members: ["p-green", "p-blue"], level: "rack" });
  await here.group("empty");
  await here.group("spread", { type: "diversity", level: "rack" });
  await here.group("near", { type: "affinity", members: ["p-blue"] });
  await here.group("far", { type: "affinity", members: ["p-green"] });
  await here.group("twin");
  await here.group("TWIN");
  return here;
}

const named = (group_name: unknown, properties = {}) =>
  assignment("exclusivity", [], { group_name, ...properties });
const typed = (group_type: unknown) => assignment(group_type, []);
const stored = (group: unknown) => ({
  type: "OS::Valet::GroupAssignment",
  properties: { group, resources: [] },
});
const listing = (...groups: unknown[]) => server({ properties: { metadata: { valet: { groups } } } });

const FAULTS: Readonly<Record<string, [resources: Record<string, unknown>, text: string]>> = {
  "no group type": [{ a: typed(undefined) }, "400 group_type '' is invalid."],
  "an unknown group type, told in lower case": [
    { a: typed("Friendship") },
    "400 group_type 'friendship' is invalid.",
  ],
  "a group type that is an object with odd keys": [
    { a: typed({ toString: 1, valueOf: 2 }) },
    `400 group_type '{"tostring":1,"valueof":2}' is invalid.`,
  ],
  "a group type that is very long": [
    { a: typed("t".repeat(1000)) },
    `400 group_type '${"t".repeat(64)}…' is invalid.`,
  ],
  "a name on affinity": [
    { a: assignment("Affinity", [], { group_name: "both" }) },
    "409 group_name must not be used when group_type is 'affinity'.",
  ],
  "a name on diversity": [
    { a: assignment("diversity", [], { group_name: 5 }) },
    "409 group_name must not be used when group_type is 'diversity'.",
  ],
  "exclusivity without a name": [
    { a: assignment("exclusivity", []) },
    "400 group_name must be used when group_type is 'exclusivity'.",
  ],
  "exclusivity with an empty name": [
    { a: named("") },
    "400 group_name must be used when group_type is 'exclusivity'.",
  ],
  "exclusivity with a name of null": [
    { a: named(null) },
    "400 group_name must be used when group_type is 'exclusivity'.",
  ],
  "an unknown name": [{ a: named("Nobody") }, "404 group_name 'Nobody' not found"],
  "a name that is an object with odd keys": [
    { a: named({ toString: 1 }) },
    `404 group_name '{"toString":1}' not found`,
  ],
  "a name that is very long": [{ a: named(LONG) }, `404 group_name '${LONG.slice(0, 64)}…' not found`],
  "a name that several groups have in other cases": [{ a: named("Twin") }, "404 group_name 'Twin' not found"],
  "a stored group of another type": [{ a: named("near") }, "400 group_type 'affinity' is invalid."],
  "a level that is not the stored one": [
    { a: named("both") },
    "400 level 'host' differs from level 'rack' of group_name 'both'",
  ],
  "an exclusivity group of others": [
    { a: named("green") },
    "409 Tenant ID p-blue not a member of group_name 'green' (id-of-green)",
  ],
  "an exclusivity group without members": [
    { a: named("empty") },
    "409 Tenant ID p-blue not a member of group_name 'empty' (id-of-empty)",
  ],
  "a foreign group after an own one": [
    { a: named("Blue"), b: named("green") },
    "409 Tenant ID p-blue not a member of group_name 'green' (id-of-green)",
  ],
  "a foreign group before an own one": [
    { a: named("green"), b: named("Blue") },
    "409 Tenant ID p-blue not a member of group_name 'green' (id-of-green)",
  ],
  "the first of two faults": [
    { a: named("Nobody"), b: typed("friendship") },
    "404 group_name 'Nobody' not found",
  ],
  "the later assignment without a group": [
    { a: stored(undefined) },
    "400 Property 'group' must be specified.",
  ],
  "the later assignment with an empty group": [{ a: stored("") }, "400 Property 'group' must be specified."],
  "the later assignment with a group that is no text": [
    { a: stored(["near"]) },
    "400 Property 'group' must be specified.",
  ],
  "the later assignment with an unknown group": [
    { a: stored(LONG) },
    `404 Group '${LONG.slice(0, 64)}…' not found`,
  ],
  "the later assignment with a name in another case": [{ a: stored("NEAR") }, "404 Group 'NEAR' not found"],
  "the later assignment with an unknown UUID": [
    { a: stored("0c0ffee1-5a7b-4f1e-9d63-2b8e7a90c411") },
    "404 Group '0c0ffee1-5a7b-4f1e-9d63-2b8e7a90c411' not found",
  ],
  "an affinity group of others": [
    { a: stored("far") },
    "409 ID p-blue not a member of group far (id-of-far)",
  ],
  "an empty exclusivity group in the later form": [
    { a: stored("empty") },
    "409 ID p-blue not a member of group empty (id-of-empty)",
  ],
  "a listed group that is unknown": [{ a: listing("near", "nobody") }, "404 Group 'nobody' not found"],
  "a listed group of others": [{ a: listing("far") }, "409 ID p-blue not a member of group far (id-of-far)"],
};

for (const [fault, [resources, text]] of Object.entries(FAULTS)) {
  Deno.test(`GroupRules refuses ${fault}`, async () => {
    const { ctx } = await siteWithGroups();
    const detail = refusal(await readApplication(ctx, BLUE, resources));
    assertEquals(detail.symbol === "valet_error" && `${detail.status} ${detail.text}`, text);
  });
}

async function rulesOf(resources: Record<string, unknown>, { ctx }: UseCaseSite) {
  const { application } = done(await readApplication(ctx, BLUE, resources));
  return application.assignments.map(({ type, level, group }) => [type, level, group?.name ?? null]);
}

Deno.test("GroupRules takes type and level of an assignment, and only the name from the stored group", async () => {
  const here = await siteWithGroups();
  const cases: [object, unknown[]][] = [
    [assignment("AFFINITY", []), ["affinity", "host", null]],
    [assignment("diversity", [], { level: "rack", group_name: "" }), ["diversity", "rack", null]],
    [named("Blue"), ["exclusivity", "host", "Blue"]],
    [named("Blue", { level: "rack" }), ["exclusivity", "rack", "Blue"]],
    [named("both", { level: "rack" }), ["exclusivity", "rack", "both"]],
  ];
  for (const [resource, rule] of cases) assertEquals(await rulesOf({ a: resource }, here), [rule]);
});

Deno.test("GroupRules reads the older key `relationship` as the type", async () => {
  const resource = assignment(undefined, [], { relationship: "affinity" });
  assertEquals(await rulesOf({ a: resource }, await siteWithGroups()), [["affinity", "host", null]]);
});

Deno.test("GroupRules finds a name exactly, else in any case when it is the only one", async () => {
  const here = await siteWithGroups();
  assertEquals(await rulesOf({ a: named("bLUE"), b: named("blue"), c: named("Blue") }, here), [
    ["exclusivity", "host", "Blue"],
    ["exclusivity", "host", "Blue"],
    ["exclusivity", "host", "Blue"],
  ]);
});

Deno.test("GroupRules finds a name that is a number in the template", async () => {
  const here = await siteWithGroups();
  await here.group("42", { members: ["p-blue"] });
  assertEquals(await rulesOf({ a: named(42) }, here), [["exclusivity", "host", "42"]]);
});

Deno.test("GroupRules takes type and level of the later form from the stored group", async () => {
  const here = await siteWithGroups();
  const id = "0c0ffee1-5a7b-4f1e-9d63-2b8e7a90c411";
  await here.group("by-id", { id, type: "diversity" });
  for (const group of ["spread", "near", "both", "by-id", id]) {
    const expected = {
      spread: ["diversity", "rack", "spread"],
      near: ["affinity", "host", "near"],
      both: ["exclusivity", "rack", "both"],
    }[group] ?? ["diversity", "host", "by-id"];
    assertEquals(await rulesOf({ a: stored(group) }, here), [expected]);
    assertEquals(await rulesOf({ a: listing(group) }, here), [expected]);
  }
});

Deno.test("GroupRules refuses a stored level that the site lacks", async () => {
  const here = new UseCaseSite({
    dataCenter: site({ racks: 1, hostsPerRack: 1, hosts: { r1h1: { rack: null } } }),
  });
  await here.group("spread", { type: "diversity", level: "rack" });
  assertEquals(refusal(await readApplication(here.ctx, ADMIN, { a: listing("spread") })), {
    symbol: "valet_error",
    status: 400,
    text: "level 'rack' of group spread (id-of-spread) does not exist in this site",
  });
});

Deno.test("GroupRules joins the servers that list a group to one assignment, after those of the template", async () => {
  const { ctx } = await siteWithGroups();
  const resources = {
    b: listing("near", "id-of-near", "spread"),
    a: listing("near", "near"),
    r: assignment("diversity", ["a", "b"]),
  };
  await ctx.store.createGroup({
    id: "0c0ffee1-5a7b-4f1e-9d63-2b8e7a90c411",
    name: "id-of-near",
    description: "",
    type: "affinity",
    level: null,
    members: [],
    createdAtMs: 0,
  });
  const { application, groupIds } = done(await readApplication(ctx, BLUE, resources));
  assertEquals(application.assignments.map(({ id, members }) => [id, members] as unknown[]), [
    ["r", ["a", "b"]],
    ["group/id-of-near", ["b", "a"]],
    ["group/0c0ffee1-5a7b-4f1e-9d63-2b8e7a90c411", ["b"]],
    ["group/id-of-spread", ["b"]],
  ]);
  assertEquals(groupIds, ["0c0ffee1-5a7b-4f1e-9d63-2b8e7a90c411", "id-of-near", "id-of-spread"]);
});

Deno.test("GroupRules reads each group once, and the list of all at most once", async () => {
  const here = await siteWithGroups();
  const servers = Array.from({ length: 50 }, (_, index) => [`s${index}`, listing("near")]);
  const rules = Array.from({ length: 50 }, (_, index) => [`r${index}`, named(index % 2 ? "bLue" : "blUe")]);
  done(await readApplication(here.ctx, BLUE, Object.fromEntries([...servers, ...rules])));
  assertEquals(here.storeFaults.calls.get("groupByName"), 3);
  assertEquals(here.storeFaults.calls.get("groups"), 1);
});
