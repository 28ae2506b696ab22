import { assert, assertEquals, assertMatch } from "@std/assert";
import { assertError, createPlan, freshId, planBody, server } from "../support/contract.ts";
import { startService, type TestService } from "../support/service.ts";

/** What a hostile request may not change. */
async function snapshot(service: TestService): Promise<string> {
  const lists = await Promise.all(
    ["groups", "plans", "placements"].map((name) => service.call("GET", `/v1/${name}`)),
  );
  return JSON.stringify(lists.map(({ text }) => text));
}

const big = "x".repeat(10 << 20);
const serverText = '{"type":"OS::Nova::Server","properties":{"flavor":"m1.small"}}';

/** Bodies for POST /v1/plans as texts, since some are no values of JavaScript; each gets a 4xx. */
const BODIES: readonly (readonly [name: string, body: string, status: number])[] = [
  [
    "a prototype at the top",
    `{"plan_name":"p","stack_id":"s","resources":{},"__proto__":{"admin":true}}`,
    400,
  ],
  ["a constructor at the top", `{"plan_name":"p","stack_id":"s","resources":{},"constructor":{}}`, 400],
  [
    "a prototype as type",
    `{"plan_name":"p","stack_id":"s","resources":{"a":{"__proto__":{"type":"OS::Nova::Server"}}}}`,
    400,
  ],
  [
    "a prototype as properties",
    `{"plan_name":"p","stack_id":"s","resources":{"a":{"type":"OS::Nova::Server","properties":{"__proto__":{"flavor":"m1.small"}}}}}`,
    400,
  ],
  [
    "control characters in an id",
    `{"plan_name":"p","stack_id":"s\\u0007","resources":{"a":${serverText}}}`,
    400,
  ],
  ["a name of 10 MB", `{"plan_name":"${big}","stack_id":"s","resources":{"a":${serverText}}}`, 413],
  [
    "a long name",
    `{"plan_name":"${"x".repeat(7 << 20)}","stack_id":"s","resources":{"a":${serverText}}}`,
    400,
  ],
  [
    "a long id of a resource",
    `{"plan_name":"p","stack_id":"s","resources":{"${"x".repeat(300)}":${serverText}}}`,
    400,
  ],
  [
    "100,000 resources",
    `{"plan_name":"p","stack_id":"s","resources":{${
      Array.from({ length: 100_000 }, (_, i) => `"r${i}":${serverText}`).join(",")
    }}}`,
    400,
  ],
  [
    "5,001 resources",
    `{"plan_name":"p","stack_id":"s","resources":{${
      Array.from({ length: 5001 }, (_, i) => `"r${i}":${serverText}`).join(",")
    }}}`,
    400,
  ],
  [
    "deep nesting",
    `{"plan_name":"p","stack_id":"s","resources":{"a":${"[".repeat(100)}${"]".repeat(100)}}}`,
    400,
  ],
  ["an id of dots", `{"plan_name":"p","stack_id":"..","resources":{"a":${serverText}}}`, 400],
  ["a resource id of a dot", `{"plan_name":"p","stack_id":"s","resources":{".":${serverText}}}`, 400],
  ["very deep nesting", "[".repeat(1 << 20), 400],
  ["half a surrogate in a key", '{"plan_name":"p","stack_id":"s","resources":{},"\\ud800":1}', 400],
  ["numbers beyond all bounds", `{"plan_name":1e999,"stack_id":"s","resources":{}}`, 400],
  [
    "a level that does not exist",
    `{"plan_name":"p","stack_id":"s","resources":{"a":{"type":"ATT::Valet::GroupAssignment","properties":{"group_type":"affinity","level":"__proto__","resources":[]}}}}`,
    400,
  ],
  [
    "a group type from the prototype",
    `{"plan_name":"p","stack_id":"s","resources":{"a":{"type":"ATT::Valet::GroupAssignment","properties":{"group_type":"constructor","level":"host","resources":[]}}}}`,
    400,
  ],
  [
    "a cycle of groups",
    `{"plan_name":"p","stack_id":"s","resources":{"a":{"type":"ATT::Valet::GroupAssignment","properties":{"group_type":"affinity","level":"host","resources":["b"]}},"b":{"type":"ATT::Valet::GroupAssignment","properties":{"group_type":"affinity","level":"host","resources":["a"]}}}}`,
    400,
  ],
];

Deno.test("hostile bodies get the contract's 4xx and change nothing", async (t) => {
  await using service = await startService();
  await createPlan(service);
  const before = await snapshot(service);
  for (const [name, body, status] of BODIES) {
    await t.step(name, async () => {
      const answer = await service.call("POST", "/v1/plans", { body });
      assertError(answer, status, answer.json<{ explanation: string }>().explanation);
      assert(answer.text.length < 2000, "the answer repeats no more than a little");
      assertEquals(await snapshot(service), before);
    });
  }
});

Deno.test("resources named like members of an object are resources like others", async () => {
  await using service = await startService();
  for (const id of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
    const body = `{"plan_name":"p","stack_id":"${freshId()}","resources":{"${id}":${serverText}}}`;
    const answer = await service.call("POST", "/v1/plans", { body });
    assertEquals(answer.status, 201, answer.text);
    assert(answer.text.includes(`"${id}":{"name":"${id}","location":"`), answer.text);
    assertEquals((await service.call("GET", `/v1/placements/${id}`)).status, 200);
    assertEquals((await service.call("DELETE", `/v1/placements/${id}`)).status, 204);
  }
});

Deno.test("5,000 servers that fit nowhere are refused within the limit of effort", async () => {
  await using service = await startService();
  const resources = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`s${index}`, server()]));
  const answer = await service.call("POST", "/v1/plans", { body: planBody({ resources }) });
  assertEquals(answer.status, 500);
  assertMatch(
    answer.json<{ explanation: string }>().explanation,
    /^Ostro error: no available hosts; with \d+ of 5000 servers placed/,
  );
});

Deno.test("half a surrogate pair is refused wherever it may be, and a whole one is text like any other", async () => {
  await using service = await startService();
  const before = await snapshot(service);
  for (const half of ["\\ud800", "\\uDFFF", "a\\ud83d", "\\ude00\\ud83d"]) {
    const bodies = [
      `{"plan_name":"${half}","stack_id":"s","resources":{"a":${serverText}}}`,
      `{"plan_name":"p","stack_id":"${half}","resources":{"a":${serverText}}}`,
      `{"plan_name":"p","stack_id":"s","resources":{"${half}":${serverText}}}`,
      `{"plan_name":"p","stack_id":"s","resources":{"a":${serverText}},"locations":["${half}"]}`,
    ];
    for (const body of bodies) {
      const answer = await service.call("POST", "/v1/plans", { body });
      assertError(answer, 400, "-> JSON must not contain half of a surrogate pair");
    }
  }
  assertEquals(await snapshot(service), before);
  const whole = `{"plan_name":"\\ud83d\\ude00 \\\\ud800","stack_id":"s","resources":{"a":${serverText}}}`;
  const answer = await service.call("POST", "/v1/plans", { body: whole });
  assertEquals([answer.status, answer.json<{ plan: { name: string } }>().plan.name], [201, "😀 \\ud800"]);
});

Deno.test("Nova's id of a server is checked like every id that a client makes", async () => {
  await using service = await startService();
  const body = planBody({ resources: { "wanted-by-nova": server() } });
  assertEquals((await service.call("POST", "/v1/plans", { body })).status, 201);
  const before = await snapshot(service);
  for (const resource_id of ["a\u0000b", "a/b", "a\nb", "..", "x".repeat(256)]) {
    const answer = await service.call("POST", "/v1/placements/wanted-by-nova", { body: { resource_id } });
    assertEquals(answer.status, 400, answer.text);
  }
  assertEquals(await snapshot(service), before);
});

Deno.test("a description may have lines, and no NUL", async () => {
  await using service = await startService();
  const group = { name: "lines", type: "affinity", description: "one\n\ttwo\n" };
  const answer = await service.call("POST", "/v1/groups", { body: group });
  assertEquals([answer.status, answer.json().description], [201, group.description]);
  const refused = await service.call("POST", "/v1/groups", { body: { ...group, description: "a\u0000b" } });
  assertEquals(refused.status, 400);
});

Deno.test("who may not change plans gets 401 before anything is said of the body", async () => {
  await using service = await startService({ policy: "rbac" });
  for (const body of ["{}", big]) {
    const answer = await service.call("PUT", "/v1/plans/nope", { body, token: "reader" });
    assertEquals(answer.status, 401);
  }
});

Deno.test("a body that breaks off or is no HTTP is 400, and nothing is logged as a fault of the service", async () => {
  await using service = await startService();
  const head = (rest: string) => `POST /v1/plans HTTP/1.1\r\nHost: a\r\nX-Auth-Token: admin\r\n${rest}`;
  const answer = await service.raw(head("Transfer-Encoding: chunked\r\nConnection: close\r\n\r\nZZZ\r\n"));
  assertMatch(answer, /^HTTP\/1\.1 400 /);
  assert(!service.log.lines.some((line) => line.includes("A request failed")));
});

Deno.test("a Host that is no host is 400, and never becomes part of a path", async () => {
  await using service = await startService();
  for (const host of ["h/v1", "h#/x", "a b", 'x"y', "h?x"]) {
    const answer = await service.raw(`GET /v1/plans HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    assertMatch(answer, /^HTTP\/1\.1 400 /, host);
  }
  for (const host of ["valet", "valet.example:8090", "192.0.2.1", "[2001:db8::1]:8090"]) {
    const answer = await service.raw(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    assertMatch(answer, /^HTTP\/1\.1 200 /, host);
    assert(answer.includes(`"http://${host}/v1/"`), answer);
  }
});

Deno.test("malformed HTTP is refused, and the service goes on", async () => {
  await using service = await startService();
  const requests = [
    "GET /v1/plans HTTP/1.1\r\nHost: a\r\nX-Auth-Token: \u0000\r\nConnection: close\r\n\r\n",
    "POST /v1/plans HTTP/1.1\r\nHost: a\r\nX-Auth-Token: admin\r\nContent-Length: -5\r\nConnection: close\r\n\r\n",
    "POST /v1/plans HTTP/1.1\r\nHost: a\r\nX-Auth-Token: admin\r\nContent-Length: 5\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello",
    `GET /${"a".repeat(100_000)} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
  ];
  for (const request of requests) {
    const answer = await service.raw(request);
    assert(!answer.includes("HTTP/1.1 200"), answer.slice(0, 200));
  }
  assertEquals((await service.call("GET", "/")).status, 200);
});
