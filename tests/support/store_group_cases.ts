import { assertEquals } from "@std/assert";
import type { StoreCase } from "./store_suite.ts";
import { groupRow, readAll } from "./store_rows.ts";

export const GROUP_CASES: readonly StoreCase[] = [
  {
    name: "Store.createGroup stores every field, found by id and by name",
    async run({ store }) {
      const plain = groupRow("a", { level: null, description: "", type: "affinity" });
      const full = groupRow("b", { description: "zwei\nZeilen", members: ["p-2", "p-1"] });
      assertEquals(await store.createGroup(plain), "created");
      assertEquals(await store.createGroup(full), "created");
      assertEquals(await store.groupById("group-a"), plain);
      assertEquals(await store.groupByName("name-b"), full);
    },
  },
  {
    name: "Store.groupById and groupByName give null for what is not there",
    async run({ store }) {
      await store.createGroup(groupRow("a"));
      assertEquals(await store.groupById("name-a"), null);
      assertEquals(await store.groupByName("group-a"), null);
      assertEquals(await store.groupByName(""), null);
    },
  },
  {
    name: "Store.createGroup refuses a name that is taken, and tells names apart by case",
    async run({ store }) {
      await store.createGroup(groupRow("a"));
      assertEquals(await store.createGroup(groupRow("b", { name: "name-a" })), "name-taken");
      assertEquals(await store.groupById("group-b"), null);
      assertEquals(await store.createGroup(groupRow("c", { name: "Name-A" })), "created");
    },
  },
  {
    name: "Store.createGroup called at once for one name stores one group",
    async run({ store }) {
      const outcomes = await Promise.all(
        ["a", "b", "c"].map((key) => store.createGroup(groupRow(key, { name: "blue" }))),
      );
      assertEquals(outcomes.sort(), ["created", "name-taken", "name-taken"]);
      assertEquals((await readAll(store.groups())).length, 1);
    },
  },
  {
    name: "Store.describeGroup changes the description alone",
    async run({ store }) {
      await store.createGroup(groupRow("a", { members: ["p-1"] }));
      const described = groupRow("a", { members: ["p-1"], description: "new" });
      assertEquals(await store.describeGroup("group-a", "new"), described);
      assertEquals(await store.groupById("group-a"), described);
      assertEquals(await store.describeGroup("group-b", "new"), null);
    },
  },
  {
    name: "Store.groups shows every change of a group at once",
    async run({ store }) {
      const listed = async () => await readAll(store.groups());
      assertEquals(await listed(), []);
      const group = groupRow("a");
      await store.createGroup(group);
      assertEquals(await listed(), [group]);
      await store.describeGroup("group-a", "new");
      assertEquals((await listed())[0].description, "new");
      await store.addGroupMembers("group-a", ["p-1"]);
      assertEquals((await listed())[0].members, ["p-1"]);
      await store.removeGroupMembers("group-a", ["p-1"]);
      assertEquals((await listed())[0].members, []);
      await store.deleteGroup("group-a");
      assertEquals(await listed(), []);
    },
  },
  {
    name: "Store.addGroupMembers appends what is not there yet, in the order given",
    async run({ store }) {
      await store.createGroup(groupRow("a"));
      await store.addGroupMembers("group-a", ["p-2", "p-1"]);
      const group = await store.addGroupMembers("group-a", ["p-1", "p-3", "p-3"]);
      assertEquals(group?.members, ["p-2", "p-1", "p-3"]);
      assertEquals(await store.groupById("group-a"), group);
      assertEquals(await store.addGroupMembers("group-b", ["p-1"]), null);
    },
  },
  {
    name: "Store.addGroupMembers called at once loses no member",
    async run({ store }) {
      await store.createGroup(groupRow("a"));
      const members = Array.from({ length: 20 }, (_, index) => `p-${index}`);
      await Promise.all(members.map((member) => store.addGroupMembers("group-a", [member])));
      assertEquals(new Set((await store.groupById("group-a"))?.members), new Set(members));
    },
  },
  {
    name: "Store.removeGroupMembers removes those that are there and keeps the order of the rest",
    async run({ store }) {
      await store.createGroup(groupRow("a", { members: ["p-1", "p-2", "p-3"] }));
      const group = await store.removeGroupMembers("group-a", ["p-2", "p-9"]);
      assertEquals(group?.members, ["p-1", "p-3"]);
      assertEquals(await store.groupById("group-a"), group);
      assertEquals(await store.removeGroupMembers("group-b", ["p-1"]), null);
    },
  },
  {
    name: "Store.deleteGroup removes a group without members and frees its name",
    async run({ store }) {
      await store.createGroup(groupRow("a", { members: ["p-1"] }));
      assertEquals(await store.deleteGroup("group-a"), "has-members");
      await store.removeGroupMembers("group-a", ["p-1"]);
      assertEquals(await store.deleteGroup("group-a"), "deleted");
      assertEquals(await store.deleteGroup("group-a"), "missing");
      assertEquals(await store.groupByName("name-a"), null);
      assertEquals(await store.createGroup(groupRow("b", { name: "name-a" })), "created");
    },
  },
];
