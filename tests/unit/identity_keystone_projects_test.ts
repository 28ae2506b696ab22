import { assertEquals, assertRejects } from "@std/assert";
import { Unavailable } from "../../src/ports/failures.ts";
import { keystoneError } from "../support/fake_keystone.ts";
import { type KeystoneSite, openKeystone } from "../support/keystone_identity.ts";
import { ManualClock } from "../support/manual_clock.ts";

/** What was asked about projects. */
function asked({ keystone }: KeystoneSite): string[] {
  return keystone.asked().filter((call) => call.includes("projects"));
}

function ids(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `p-${index}`);
}

Deno.test("KeystoneIdentity.knownProjects asks for each of up to 50 projects", async () => {
  await using site = openKeystone();
  for (const id of ids(60)) site.keystone.projects.set(id, true);
  assertEquals((await site.identity.knownProjects(ids(50))).length, 50);
  assertEquals(asked(site).sort(), ids(50).map((id) => `GET /v3/projects/${id}`).sort());
});

Deno.test("KeystoneIdentity.knownProjects looks for more in the pages of the list, and asks only Keystone for them", async () => {
  await using site = openKeystone();
  site.keystone.pageSize = 40;
  for (const id of ids(100)) site.keystone.projects.set(id, true);
  const known = await site.identity.knownProjects(["none", ...ids(100)]);
  assertEquals(known, ids(100));
  assertEquals(asked(site), [
    "GET /v3/projects?limit=1000",
    "GET /v3/projects?limit=1000&marker=40",
    "GET /v3/projects?limit=1000&marker=80",
  ]);
});

Deno.test("KeystoneIdentity.knownProjects reads no further page when all are found", async () => {
  await using site = openKeystone();
  site.keystone.pageSize = 60;
  for (const id of ids(1000)) site.keystone.projects.set(id, true);
  assertEquals((await site.identity.knownProjects(ids(51))).length, 51);
  assertEquals(asked(site), ["GET /v3/projects?limit=1000"]);
});

Deno.test("KeystoneIdentity.knownProjects gives up on a list without end", async () => {
  await using site = openKeystone();
  site.keystone.fault = ({ path }) =>
    path.startsWith("/v3/projects")
      ? Response.json({ projects: [], links: { next: "http://h/v3/projects?marker=1" } })
      : null;
  await assertRejects(() => site.identity.knownProjects(ids(51)), Unavailable);
});

Deno.test("KeystoneIdentity.knownProjects leaves out disabled projects, domains, and what is no id", async () => {
  await using site = openKeystone();
  site.keystone.projects.set("on", true).set("off", false);
  site.keystone.fault = ({ path }) =>
    path.endsWith("/default")
      ? Response.json({ project: { id: "default", enabled: true, is_domain: true } })
      : path.endsWith("/UPPER")
      ? Response.json({ project: { id: "upper", enabled: true } })
      : null;
  const strange = [
    "off",
    "default",
    "UPPER",
    "",
    ".",
    "..",
    "../users",
    "a/b",
    "a?b",
    "x".repeat(65),
    "on",
    "on",
  ];
  assertEquals(await site.identity.knownProjects(strange), ["on", "on"]);
  assertEquals(
    asked(site).sort(),
    ["UPPER", "default", "off", "on"].map((id) => `GET /v3/projects/${id}`).sort(),
  );
});

for (
  const { name, count, first } of [
    { name: "look at projects", count: 1, first: "GET /v3/projects/p-0" },
    { name: "list projects", count: 51, first: "GET /v3/projects?limit=1000" },
  ]
) {
  Deno.test(`KeystoneIdentity.knownProjects takes the service user's own where it may not ${name}`, async () => {
    await using site = openKeystone();
    site.keystone.projects.set("p-0", true);
    site.keystone.fault = ({ path }) => path.startsWith("/v3/projects") ? keystoneError(403) : null;
    assertEquals(await site.identity.knownProjects(ids(count)), ["p-0"]);
    assertEquals(asked(site), [first, "GET /v3/auth/projects"]);
  });
}

Deno.test("KeystoneIdentity.knownProjects asks for the service user's own on the public interface", async () => {
  await using site = openKeystone({ interface: "public" });
  site.keystone.projects.set("p-0", true);
  assertEquals(await site.identity.knownProjects(ids(2)), ["p-0"]);
  assertEquals(asked(site), ["GET /v3/auth/projects"]);
});

Deno.test("KeystoneIdentity.knownProjects remembers projects as long as it is told, missing ones for 10 s", async () => {
  const clock = new ManualClock(Date.now());
  await using site = openKeystone({ clock, projectCacheMs: 60_000 });
  site.keystone.projects.set("p-0", true);
  assertEquals(await site.identity.knownProjects(ids(2)), ["p-0"]);
  site.keystone.projects.set("p-1", true);
  asked(site);
  clock.advance(9_999);
  assertEquals(await site.identity.knownProjects(ids(2)), ["p-0"]);
  assertEquals(asked(site), []);
  clock.advance(1);
  assertEquals(await site.identity.knownProjects(ids(2)), ids(2));
  assertEquals(asked(site), ["GET /v3/projects/p-1"]);
  site.keystone.projects.clear();
  clock.advance(50_000);
  assertEquals(await site.identity.knownProjects(ids(2)), ["p-1"]);
});

for (
  const { name, answer } of [
    { name: "500", answer: () => keystoneError(500) },
    { name: "a 404 that is not Keystone's", answer: () => new Response("<html>", { status: 404 }) },
    { name: "a page", answer: () => new Response("<html>") },
    { name: "403 for everything", answer: () => keystoneError(403) },
  ]
) {
  Deno.test(`KeystoneIdentity.knownProjects knows nothing on ${name}`, async () => {
    await using site = openKeystone();
    site.keystone.fault = ({ path }) => path.includes("projects") ? answer() : null;
    for (const count of [1, 51]) {
      await assertRejects(() => site.identity.knownProjects(ids(count)), Unavailable);
    }
  });
}
