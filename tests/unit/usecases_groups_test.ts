import { assertEquals, assertRejects } from "@std/assert";
import {
  ADMIN,
  assignment,
  BLUE,
  done,
  GREEN,
  refusal,
  server,
  UseCaseSite,
} from "../support/usecase_site.ts";
import { readAll } from "../support/store_rows.ts";
import { Unavailable } from "../../src/ports/failures.ts";
import { createGroup, deleteGroup, describeGroup, findGroup, listGroups } from "../../src/usecases/groups.ts";
import { addMembers, removeAllMembers, removeMember } from "../../src/usecases/members.ts";
import { reservePlacement } from "../../src/usecases/reserve_placement.ts";

const BODY = { name: "blue", type: "exclusivity", description: "d", level: "rack" } as const;

Deno.test("createGroup stores a group without members, each name once", async () => {
  const { ctx, clock } = new UseCaseSite();
  const group = done(await createGroup(ctx, BODY));
  const id = "00000000-0000-4000-8000-000000000001";
  assertEquals(group, { id, ...BODY, members: [], createdAtMs: clock.nowMs() });
  assertEquals(await readAll(listGroups(ctx)), [group]);
  assertEquals(refusal(await createGroup(ctx, BODY)), { symbol: "group_name_taken", name: "blue" });
  done(await createGroup(ctx, { ...BODY, name: "Blue" }));
});

Deno.test("findGroup takes an id, else an exact name", async () => {
  const { ctx } = new UseCaseSite();
  const first = done(await createGroup(ctx, BODY));
  done(await createGroup(ctx, { ...BODY, name: first.id }));
  assertEquals(done(await findGroup(ctx, first.id)), first);
  assertEquals(done(await findGroup(ctx, "blue")), first);
  assertEquals(refusal(await findGroup(ctx, "Blue")), { symbol: "group_not_found" });
});

Deno.test("describeGroup changes the description alone", async () => {
  const here = new UseCaseSite();
  const group = await here.group("blue", { members: ["p-blue"] });
  assertEquals(done(await describeGroup(here.ctx, group.id, "new")), { ...group, description: "new" });
  assertEquals(refusal(await describeGroup(here.ctx, "none", "")), { symbol: "group_not_found" });
});

Deno.test("deleteGroup removes a group without members", async () => {
  const here = new UseCaseSite();
  const group = await here.group("blue", { members: ["p-blue"] });
  assertEquals(refusal(await deleteGroup(here.ctx, group.id)), { symbol: "group_has_members" });
  assertEquals(await removeMember(here.ctx, group, "p-blue"), undefined);
  assertEquals(await deleteGroup(here.ctx, group.id), undefined);
  assertEquals(refusal(await deleteGroup(here.ctx, group.id)), { symbol: "group_not_found" });
});

Deno.test("addMembers adds known projects after the others, each once", async () => {
  const here = new UseCaseSite();
  const group = await here.group("blue", { members: ["p-green"] });
  const members = ["p-blue", "p-green", "p-blue", "p-admin"];
  assertEquals(done(await addMembers(here.ctx, group, members)).members, ["p-green", "p-blue", "p-admin"]);
});

Deno.test("addMembers refuses all when one is unknown, and an empty list", async () => {
  const here = new UseCaseSite();
  const group = await here.group("blue");
  for (const members of [["p-blue", "nobody"], [], ["P-BLUE"], ["p-blue", ""]]) {
    assertEquals(refusal(await addMembers(here.ctx, group, members)), { symbol: "members_unknown" });
  }
  assertEquals((await here.ctx.store.groupById(group.id))!.members, []);
  here.identityFaults.fail("knownProjects");
  await assertRejects(() => addMembers(here.ctx, group, ["p-blue"]), Unavailable);
});

Deno.test("addMembers finds no group that was deleted meanwhile", async () => {
  const here = new UseCaseSite();
  const group = await here.group("blue");
  await deleteGroup(here.ctx, group.id);
  assertEquals(refusal(await addMembers(here.ctx, group, ["p-blue"])), { symbol: "group_not_found" });
  assertEquals(refusal(await removeAllMembers(here.ctx, group)), { symbol: "group_not_found" });
});

/** A group of blue and green; blue has the servers `b1` (known to Nova) and `b2` in it. */
async function usedGroup(projects: Readonly<Record<string, string>> = {}) {
  const here = new UseCaseSite({ projects });
  const group = await here.group("shared", { members: ["p-green", "p-blue"] });
  const resources = {
    b2: server(),
    b1: server(),
    r: assignment("exclusivity", ["b1", "b2"], { group_name: "shared" }),
  };
  const plan = await here.plan("s", resources, { access: BLUE });
  const [, found] = plan.placements;
  const body = { action: "reserve", locations: [found.location], resource_id: "nova-1" } as const;
  done(await reservePlacement(here.ctx, { found, body }));
  return { here, group };
}

Deno.test("removeMember refuses a member with servers, named by Nova's id where it is known", async () => {
  const { here, group } = await usedGroup();
  const refused = {
    symbol: "member_has_servers",
    member: "p-blue",
    group: "shared",
    servers: ["nova-1", "b2"],
  } as const;
  assertEquals(refusal(await removeMember(here.ctx, group, "p-blue")), refused);
  assertEquals(refusal(await removeAllMembers(here.ctx, group)), refused);
  assertEquals((await here.ctx.store.groupById(group.id))!.members, ["p-green", "p-blue"]);
  assertEquals(await removeMember(here.ctx, group, "p-green"), undefined);
  assertEquals((await here.ctx.store.groupById(group.id))!.members, ["p-blue"]);
});

Deno.test("removeMember goes by the inventory's project of a server, else by its plan's", async () => {
  const { here, group } = await usedGroup({ "nova-1": "p-green" });
  const serversOf = async (member: string) => {
    const detail = refusal(await removeMember(here.ctx, group, member));
    return detail.symbol === "member_has_servers" ? detail.servers : null;
  };
  assertEquals(await serversOf("p-green"), ["nova-1"]);
  assertEquals(await serversOf("p-blue"), ["b2"]);
});

Deno.test("removeMember looks at the group's servers once, and at none for an empty group", async () => {
  const { here, group } = await usedGroup();
  await removeAllMembers(here.ctx, group);
  assertEquals(here.inventoryFaults.calls.get("projectsOf"), 1);
  const empty = await here.group("empty");
  here.optimizer.late = true;
  assertEquals(await removeAllMembers(here.ctx, empty), undefined);
});

Deno.test("removeMember finds nobody who is not a member", async () => {
  const { here, group } = await usedGroup();
  assertEquals(refusal(await removeMember(here.ctx, group, "p-admin")), { symbol: "member_not_found" });
});

Deno.test("removeMember removes nobody while it can't learn about the servers", async () => {
  const { here, group } = await usedGroup();
  here.inventoryFaults.fail("projectsOf");
  await assertRejects(() => removeMember(here.ctx, group, "p-green"), Unavailable);
  here.optimizer.late = true;
  assertEquals(refusal(await removeMember(here.ctx, group, "p-green")), {
    symbol: "optimizer_failed",
    text: "Timed out waiting for a response.",
  });
  assertEquals((await here.ctx.store.groupById(group.id))!.members, ["p-green", "p-blue"]);
});

Deno.test("removeAllMembers removes all when their servers are gone", async () => {
  const { here, group } = await usedGroup();
  await here.plan("other", {
    g: server(),
    r: assignment("exclusivity", ["g"], { group_name: "shared" }),
  }, { access: GREEN });
  await here.plan("s", { c: server() }, { access: ADMIN });
  const refused = refusal(await removeAllMembers(here.ctx, group));
  assertEquals(refused.symbol === "member_has_servers" && refused.servers, ["g"]);
  await here.plan("other", { h: server() }, { access: GREEN });
  assertEquals(await removeAllMembers(here.ctx, group), undefined);
  assertEquals((await here.ctx.store.groupById(group.id))!.members, []);
});
