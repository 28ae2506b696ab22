import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { TestService } from "../support/service.ts";
import {
  assertEmpty,
  assertError,
  assertUnauthorized,
  contract,
  createGroup,
  createPlan,
  freshId,
  planBody,
  server,
} from "../support/contract.ts";

/** Every path of the contract with its `Allow`; ids are put in for the words in braces. */
const ALLOW: readonly (readonly [path: string, allow: string])[] = [
  ["/", "GET"],
  ["/v1", "GET"],
  ["/v1/groups", "GET,POST"],
  ["/v1/groups/{group}", "GET,PUT,DELETE"],
  ["/v1/groups/{group}/members", "PUT,DELETE"],
  ["/v1/groups/{group}/members/p-blue", "GET,DELETE"],
  ["/v1/placements", "GET"],
  ["/v1/placements/{placement}", "GET,POST,DELETE"],
  ["/v1/plans", "GET,POST"],
  ["/v1/plans/{plan}", "GET,PUT,DELETE"],
  ["/v1/status", "HEAD,GET"],
  ["/v1/resources", "GET"],
];

/** The paths with ids of objects that exist. */
async function livePaths(service: TestService): Promise<(readonly [path: string, allow: string])[]> {
  const group = await createGroup(service, { members: ["p-blue"] });
  const plan = await createPlan(service);
  const placement = Object.keys(plan.placements)[0];
  return ALLOW.map(([path, allow]) => [
    path.replace("{group}", group.id).replace("{placement}", placement).replace("{plan}", plan.id),
    allow,
  ]);
}

contract("general HTTP rules", {}, {
  "[GEN-1] paths are case-sensitive": async (service) => {
    assertEquals((await service.call("GET", "/v1/groups")).status, 200);
    assertError(await service.call("GET", "/V1/groups"), 404, "The resource could not be found.");
    assertError(await service.call("GET", "/v1/Groups"), 404, "The resource could not be found.");
  },

  "[GEN-2] every path answers alike with one slash at the end, without redirect": async (service) => {
    for (const [path] of await livePaths(service)) {
      const [plain, slashed] = await Promise.all(
        [path, path === "/" ? "/" : `${path}/`].map((each) => service.call("OPTIONS", each)),
      );
      assertEmpty(plain);
      assertEmpty(slashed);
      assertEquals(slashed.headers.get("allow"), plain.headers.get("allow"));
    }
  },

  "[GEN-2, 12-1] plans are posted with and without slash": async (service) => {
    for (const path of ["/v1/plans/", "/v1/plans"]) {
      const answer = await service.call("POST", path, { body: planBody() });
      assertEquals(answer.status, 201, answer.text);
    }
  },

  "[GEN-3] odd forms of paths are 404": async (service) => {
    const paths = [
      "/v1//groups",
      "/v1/groups//",
      "/v1/groups.json",
      "/v1/index",
      "/v1/groups/index",
      "/v1/nothing/at/all",
      "/v1/plans/a/b",
    ];
    for (const path of paths) {
      assertEquals((await service.call("GET", path)).status, 404, path);
      assertUnauthorized(await service.call("GET", path, { token: null }));
    }
  },

  "[GEN-3] dot segments are 404 whether or not they are encoded": async (service) => {
    for (const path of ["/v1/./groups", "/v1/plans/../groups", "/v1/%2e%2e/groups", "/v1/groups/%2E"]) {
      const answer = await service.raw(
        `GET ${path} HTTP/1.1\r\nHost: valet\r\nX-Auth-Token: admin\r\nConnection: close\r\n\r\n`,
      );
      assertStringIncludes(answer, "HTTP/1.1 404", path);
    }
  },

  "[GEN-4] success is JSON with its length": async (service) => {
    const answer = await service.raw("GET / HTTP/1.1\r\nHost: valet\r\nConnection: close\r\n\r\n");
    const [head, body] = answer.split("\r\n\r\n");
    assertMatch(head, /content-type: application\/json\r\n/i);
    assertMatch(head, new RegExp(`content-length: ${body.length}\\b`, "i"));
  },

  "[GEN-5, 12-7] 204 has no byte and no content type": async (service) => {
    const group = await createGroup(service);
    const answer = await service.raw(
      `DELETE /v1/groups/${group.id} HTTP/1.1\r\nHost: valet\r\nX-Auth-Token: admin\r\nConnection: close\r\n\r\n`,
    );
    assertMatch(answer, /^HTTP\/1\.1 204 /);
    assertEquals(answer.split("\r\n\r\n")[1], "");
    assert(!/content-type/i.test(answer));
  },

  "[GEN-6] a body is JSON whatever its content type says": async (service) => {
    for (
      const [index, type] of ["text/plain", "application/xml", "application/x-www-form-urlencoded"].entries()
    ) {
      const body = JSON.stringify({ name: `typed-${index}`, type: "exclusivity" });
      const answer = await service.call("POST", "/v1/groups", { body, headers: { "content-type": type } });
      assertEquals(answer.status, 201, answer.text);
      assertEquals(answer.json().name, `typed-${index}`);
    }
  },

  "[GEN-7] bodies of calls that take none are not looked at": async (service) => {
    assertEquals((await service.call("DELETE", `/v1/plans/${freshId()}`, { body: "{" })).status, 404);
    assertEmpty(await service.call("OPTIONS", "/v1/groups", { body: "{" }));
    const placement = Object.keys((await createPlan(service)).placements)[0];
    assertError(
      await service.call("POST", `/v1/placements/${placement}`, { body: "{" }),
      400,
      "No JSON object could be decoded",
    );
    const answer = await service.call("POST", `/v1/placements/${placement}`);
    assertEquals(answer.status, 500, "an empty body reserves nowhere, as {} does");
  },

  "[GEN-8, 12-22] bodies that are no object are 400 in the contract's form": async (service) => {
    const placement = Object.keys((await createPlan(service)).placements)[0];
    for (const body of ["[]", "5", "null", '"text"', "true"]) {
      for (const path of ["/v1/groups", "/v1/plans", `/v1/placements/${placement}`]) {
        assertError(
          await service.call("POST", path, { body }),
          400,
          "-> top level is not of type dictionary",
        );
      }
    }
    assertError(
      await service.call("POST", "/v1/plans", { body: new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]) }),
      400,
      "No JSON object could be decoded",
    );
    assertEquals((await service.call("POST", "/v1/plans", { body: new Uint8Array(9 << 20) })).status, 413);
  },

  "[GEN-9] unknown keys are 400, and ignored in a reservation": async (service) => {
    const plan = await createPlan(service);
    const [placement, { location }] = Object.entries(plan.placements)[0];
    const extra = "-> top level has unexpected item in data: x";
    assertError(
      await service.call("POST", "/v1/groups", { body: { name: "n", type: "affinity", x: 1 } }),
      400,
      extra,
    );
    assertError(await service.call("POST", "/v1/plans", { body: { ...planBody(), x: 1 } }), 400, extra);
    assertError(
      await service.call("PUT", `/v1/plans/${plan.id}`, { body: { action: "migrate", resources: [], x: 1 } }),
      400,
      extra,
    );
    const group = await createGroup(service);
    assertError(
      await service.call("PUT", `/v1/groups/${group.id}`, { body: { description: "d", x: 1 } }),
      400,
      extra,
    );
    assertError(
      await service.call("PUT", `/v1/groups/${group.id}/members`, { body: { members: ["p-blue"], x: 1 } }),
      400,
      extra,
    );
    const reserved = await service.call("POST", `/v1/placements/${placement}`, {
      body: { locations: [location], x: 1 },
    });
    assertEquals(reserved.status, 201, reserved.text);
  },

  "[GEN-10] the query changes nothing and is not merged into the body": async (service) => {
    const body = { type: "exclusivity" };
    const answer = await service.call("POST", "/v1/groups?name=from-query", { body });
    assertError(answer, 400, "required item in schema is missing: name");
    assertEquals((await service.call("GET", "/v1/groups?name=none")).status, 200);
  },

  "[GEN-11] Accept is ignored": async (service) => {
    for (const accept of ["text/html", "image/png", "application/xml;q=0.9"]) {
      const answer = await service.call("GET", "/v1/groups", { headers: { accept } });
      assertEquals([answer.status, answer.headers.get("content-type")], [200, "application/json"]);
    }
  },

  "[GEN-12] an unknown object is 404 before its method or body matters": async (service) => {
    const unknown = freshId();
    assertError(await service.call("OPTIONS", `/v1/groups/${unknown}`), 404, "Group not found");
    assertError(await service.call("POST", `/v1/plans/${unknown}`), 404, "Plan not found");
    assertError(await service.call("PUT", `/v1/plans/${unknown}`, { body: "{" }), 404, "Plan not found");
    const plan = await createPlan(service);
    assertError(await service.call("POST", `/v1/plans/${plan.id}`), 405, "The POST method is not allowed.");
    const group = await createGroup(service);
    assertError(
      await service.call("GET", `/v1/groups/${group.id}/members/p-blue`),
      404,
      "Member not found in group",
    );
    assertUnauthorized(await service.call("POST", `/v1/plans/${unknown}`, { token: null }));
  },

  "[GEN-13] an unknown route is 404, below /v1 only with a token": async (service) => {
    assertError(
      await service.call("GET", "/nowhere", { token: null }),
      404,
      "The resource could not be found.",
    );
    assertError(await service.call("GET", "/v1/nowhere"), 404, "The resource could not be found.");
    assertUnauthorized(await service.call("GET", "/v1/nowhere", { token: null }));
  },

  "[GEN-14, GEN-15, 12-5] Allow is exact on OPTIONS and on 405, for any method": async (service) => {
    for (const [path, allow] of await livePaths(service)) {
      const options = await service.call("OPTIONS", path);
      assertEmpty(options);
      assertEquals(options.headers.get("allow"), allow, path);
      for (
        const method of ["PATCH", "BREW", "PUT", "POST", "DELETE"].filter((each) =>
          !allow.split(",").includes(each)
        )
      ) {
        const refused = await service.call(method, path);
        assertError(refused, 405, `The ${method} method is not allowed.`);
        assertEquals(refused.headers.get("allow"), allow, path);
      }
    }
    assertUnauthorized(await service.call("OPTIONS", "/v1/groups", { token: null }));
    assertUnauthorized(await service.call("OPTIONS", "/v1/groups", { token: "member" }));
  },

  "[GEN-16, 12-6] HEAD is 405 without a byte everywhere but for the status": async (service) => {
    for (const [path, allow] of await livePaths(service)) {
      const answer = await service.call("HEAD", path);
      assertEquals(answer.text, "");
      assertEquals(answer.status, path === "/v1/status" ? 200 : 405, path);
      if (answer.status === 405) assertEquals(answer.headers.get("allow"), allow);
    }
  },

  "[GEN-17] headers outside the contract change nothing": async (service) => {
    const headers = {
      "x-forwarded-host": "evil.example",
      "x-forwarded-proto": "https",
      "x-http-method-override": "DELETE",
      "user-agent": "x",
    };
    const [plain, dressed] = await Promise.all(
      [{}, headers].map((each) => service.call("GET", "/", { headers: each })),
    );
    assertEquals(dressed.text, plain.text);
  },

  "[GEN-18] every answer carries a request id, and a valid one that comes in is kept": async (service) => {
    const id = "x-openstack-request-id";
    for (const path of ["/", "/v1/groups", "/v1/nowhere", "/nowhere"]) {
      assertMatch((await service.call("GET", path)).headers.get(id) ?? "", /^req-[0-9a-f-]{36}$/);
    }
    const given = `req-${freshId()}`;
    assertEquals((await service.call("GET", "/", { headers: { [id]: given } })).headers.get(id), given);
    const answer = await service.call("GET", "/", { headers: { [id]: "req-<script>" } });
    assertMatch(answer.headers.get(id) ?? "", /^req-[0-9a-f-]{36}$/);
    for (const header of ["access-control-allow-origin", "etag", "cache-control"]) {
      assertEquals(answer.headers.get(header), null);
    }
  },

  "[GEN-19] links take scheme and host of the request, whatever the host is": async (service) => {
    for (const host of ["valet.lab.example:8090", "[::1]:8090", "valet"]) {
      const answer = await service.raw(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      assertStringIncludes(answer, `"href":"http://${host}/v1/"`);
    }
  },

  "[GEN-20] texts are English whatever the client asks for": async (service) => {
    const answer = await service.call("GET", `/v1/plans/${freshId()}`, {
      headers: { "accept-language": "de" },
    });
    assertError(answer, 404, "Plan not found");
  },

  "[2.1-ids] ids of clients are opaque, but fit for a path": async (service) => {
    const stack = `stack ö ${freshId()} & # ? %2F ..`;
    const plan = await createPlan(service, {
      stack_id: stack,
      resources: { [`id ${freshId()} "quoted"`]: server() },
    });
    assertEquals(plan.stack_id, stack);
    const found = await service.call("GET", `/v1/plans/${encodeURIComponent(stack)}`);
    assertEquals(found.json<{ plan: { id: string } }>().plan.id, plan.id);
    for (const id of ["", "a/b", "a\u0000b", "a\nb", "x".repeat(256)]) {
      assertEquals(
        (await service.call("POST", "/v1/plans", { body: planBody({ stack_id: id }) })).status,
        400,
        id,
      );
      const resources = { [id]: server() };
      assertEquals(
        (await service.call("POST", "/v1/plans", { body: planBody({ resources }) })).status,
        400,
        id,
      );
    }
  },

  "[2.1-lookup, 12-14] plans and placements are found by both their ids": async (service) => {
    const plan = await createPlan(service);
    for (const id of [plan.id, plan.stack_id]) {
      assertEquals((await service.call("GET", `/v1/plans/${id}`)).json<{ plan: unknown }>().plan, plan);
    }
    const orchestrationId = Object.keys(plan.placements)[0];
    const byOrchestration = await service.call("GET", `/v1/placements/${orchestrationId}`);
    const { placement } = byOrchestration.json<{ placement: { id: string } }>();
    assertEquals((await service.call("GET", `/v1/placements/${placement.id}`)).text, byOrchestration.text);
    const group = await createGroup(service);
    assertEquals(
      (await service.call("GET", `/v1/groups/${group.name}`)).text,
      (await service.call("GET", `/v1/groups/${group.id}`)).text,
    );
  },

  "[12-23] odd characters in ids reach no other row": async (service) => {
    const plan = await createPlan(service);
    const before = (await service.call("GET", "/v1/plans")).text;
    for (
      const id of [`${plan.id}&x=1`, `${plan.id}%00`, "%2F", "..%2f", `${plan.id}%23`, "*", "%25", "a%zz"]
    ) {
      for (const path of [`/v1/plans/${id}`, `/v1/placements/${id}`]) {
        assertEquals((await service.call("DELETE", path)).status, 404, path);
      }
    }
    assertEquals((await service.call("GET", "/v1/plans")).text, before);
  },
});

contract("a service behind a public URL", {
  settings: { server: { publicUrl: "https://cloud.example/placement" } },
}, {
  "[GEN-19] links begin with the public URL": async (service) => {
    const answer = await service.call("GET", "/");
    assertStringIncludes(answer.text, '"href":"https://cloud.example/placement/v1/"');
  },
});

/** What is created in one millisecond is listed by its ids, as the contract has it. */
async function nextMillisecond(): Promise<void> {
  for (const beforeMs = Date.now(); Date.now() === beforeMs;) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

contract("lists", {}, {
  "[2.2-order] lists are oldest first and placements in the request's order": async (service) => {
    const names = ["c", "a", "b"];
    const resources = Object.fromEntries(names.map((name) => [`${name}-${freshId()}`, server({ name })]));
    const first = await createPlan(service, { resources });
    await nextMillisecond();
    const second = await createPlan(service);
    assertEquals(Object.values(first.placements).map(({ name }) => name), names);
    const { plans } = (await service.call("GET", "/v1/plans")).json<{ plans: { id: string }[] }>();
    assertEquals(plans.map(({ id }) => id), [first.id, second.id]);
    const groups = [await createGroup(service)];
    await nextMillisecond();
    groups.push(await createGroup(service));
    const listed = (await service.call("GET", "/v1/groups")).json<{ groups: { id: string }[] }>().groups;
    assertEquals(listed.map(({ id }) => id), groups.map(({ id }) => id));
  },
});
