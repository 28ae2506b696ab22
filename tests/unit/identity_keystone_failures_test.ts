import {
  assert,
  assertEquals,
  assertLess,
  assertNotMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { Unavailable } from "../../src/ports/failures.ts";
import { type Fault, keystoneError } from "../support/fake_keystone.ts";
import { credentials } from "../support/identity_suite.ts";
import { openKeystone } from "../support/keystone_identity.ts";

const token = "token-of-a-user";
const UNEXPECTED = "in an unexpected form or place";

/** A fault of everything but the login. */
function afterLogin(answer: () => Response | Promise<Response>): Fault {
  return ({ method }) => method === "POST" ? null : answer();
}

function status(code: number, headers: Record<string, string> = {}): Fault {
  return afterLogin(() => new Response("<html>token-of-a-user</html>", { status: code, headers }));
}

/** Ends in the middle of what it says it sends. */
function broken(): Response {
  const body = new ReadableStream({
    start: (controller) => {
      controller.enqueue(new TextEncoder().encode('{"token": {"user"'));
      setTimeout(() => controller.error(new Error("broken")), 10);
    },
  });
  return new Response(body, { headers: { "content-type": "application/json" } });
}

for (
  const { name, fault, attempts, says = UNEXPECTED } of [
    { name: "500", fault: status(500), attempts: 1 },
    { name: "501", fault: status(501), attempts: 1 },
    { name: "502", fault: status(502), attempts: 2 },
    { name: "503", fault: status(503), attempts: 2 },
    { name: "504", fault: status(504), attempts: 2 },
    { name: "429 without a time", fault: status(429), attempts: 1 },
    { name: "429 with a time", fault: status(429, { "Retry-After": "0" }), attempts: 2 },
    { name: "429 with a long time", fault: status(429, { "Retry-After": "3" }), attempts: 1 },
    { name: "400", fault: status(400), attempts: 1 },
    {
      name: "403",
      fault: afterLogin(() => keystoneError(403, token)),
      attempts: 1,
      says: "role 'service' or 'admin'",
    },
    { name: "a 404 that is not Keystone's", fault: status(404), attempts: 1 },
    { name: "a redirect", fault: status(302, { Location: "http://127.0.0.1:1/" }), attempts: 1 },
    { name: "a page", fault: status(200), attempts: 1 },
    { name: "no content", fault: afterLogin(() => new Response(null, { status: 204 })), attempts: 1 },
    { name: "an empty body", fault: afterLogin(() => new Response("")), attempts: 1 },
    { name: "null", fault: afterLogin(() => Response.json(null)), attempts: 1 },
    { name: "a token without a user", fault: afterLogin(() => Response.json({ token: {} })), attempts: 1 },
    {
      name: "a token with a number for a project",
      fault: afterLogin(() =>
        Response.json({
          token: {
            expires_at: "2999-01-01T00:00:00.000000Z",
            user: { id: "u" },
            project: { id: 1 },
            roles: [],
          },
        })
      ),
      attempts: 1,
    },
    { name: "half an answer", fault: afterLogin(broken), attempts: 2, says: "no answer" },
    {
      name: "more than anybody reads",
      fault: afterLogin(() => new Response(new Uint8Array(9 * 1024 * 1024))),
      attempts: 1,
      says: "longer than 8388608 bytes",
    },
  ] satisfies { name: string; fault: Fault; attempts: number; says?: string }[]
) {
  Deno.test(`KeystoneIdentity.authenticate lets nobody in on ${name}`, async () => {
    await using site = openKeystone();
    site.keystone.tokens.set(token, { roles: ["admin"] });
    site.keystone.fault = fault;
    const error = await assertRejects(() => site.identity.authenticate(credentials(token)), Unavailable);
    assertEquals(error.part, "identity");
    assertStringIncludes(error.message, says);
    assertNotMatch(error.message + site.log.text, /token-of|gAAAAA|secret/);
    assertEquals(site.keystone.calls.filter(({ method }) => method === "GET").length, attempts);
    await assertRejects(() => site.identity.ping(), Unavailable);
    site.keystone.fault = () => null;
    assert(
      await site.identity.authenticate(credentials(token)),
      "and it is found as soon as Keystone works again",
    );
    await site.identity.ping();
  });
}

for (
  const { name, fault } of [
    { name: "401 that is none", fault: () => new Response("<html>", { status: 401 }) },
    { name: "an issued token without a header", fault: () => Response.json({ token: {} }, { status: 201 }) },
    {
      name: "a page",
      fault: () => new Response("<html>", { status: 201, headers: { "X-Subject-Token": "x" } }),
    },
    { name: "404", fault: () => new Response("<html>", { status: 404 }) },
    { name: "500", fault: () => keystoneError(500) },
  ]
) {
  Deno.test(`KeystoneIdentity.authenticate lets nobody in when the login gives ${name}`, async () => {
    await using site = openKeystone();
    site.keystone.tokens.set(token, { roles: ["admin"] });
    site.keystone.fault = ({ method }) => method === "POST" ? fault() : null;
    await assertRejects(() => site.identity.authenticate(credentials(token)), Unavailable);
    await assertRejects(() => site.identity.ping(), Unavailable);
    assertEquals(site.keystone.calls.every(({ method }) => method === "POST"), true);
  });
}

for (const code of [429, 502, 503, 504]) {
  Deno.test(`KeystoneIdentity.authenticate gets over one ${code}`, async () => {
    await using site = openKeystone();
    site.keystone.tokens.set(token, {});
    let first = true;
    site.keystone.fault = () => {
      if (!first) return null;
      first = false;
      return new Response("", { status: code, headers: { "Retry-After": "0" } });
    };
    assert(await site.identity.authenticate(credentials(token)));
  });
}

Deno.test("KeystoneIdentity.authenticate waits for a slow Keystone no longer than it is told", async () => {
  await using site = openKeystone({ timeoutMs: 200 });
  site.keystone.tokens.set(token, {});
  site.keystone.fault = afterLogin(async () => {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return keystoneError(404);
  });
  const startedMs = performance.now();
  const error = await assertRejects(() => site.identity.authenticate(credentials(token)), Unavailable);
  assertLess(performance.now() - startedMs, 900);
  assertEquals(error.message.endsWith("not within 200 ms"), true, error.message);
  assertEquals(site.keystone.calls.length, 2, "what took too long once is not tried again");
});

Deno.test("KeystoneIdentity.authenticate waits for a slow body no longer than it is told", async () => {
  await using site = openKeystone({ timeoutMs: 200 });
  let timer = 0;
  site.keystone.fault = afterLogin(() => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        timer = setInterval(() => controller.enqueue(new TextEncoder().encode(" ")), 20);
      },
      cancel: () => clearInterval(timer),
    });
    return new Response(body);
  });
  const startedMs = performance.now();
  await assertRejects(() => site.identity.authenticate(credentials(token)), Unavailable);
  assertLess(performance.now() - startedMs, 900);
});

Deno.test("KeystoneIdentity.authenticate knows remembered tokens while Keystone is down", async () => {
  await using site = openKeystone();
  site.keystone.tokens.set(token, { roles: ["admin"] });
  const caller = await site.identity.authenticate(credentials(token));
  site.keystone.fault = () => keystoneError(500);
  assertEquals(await site.identity.authenticate(credentials(token)), caller);
  await assertRejects(() => site.identity.authenticate(credentials("another")), Unavailable);
});

Deno.test("KeystoneIdentity says why a connection fails, and nothing else", async () => {
  await using site = openKeystone({ authUrl: "http://127.0.0.1:1" });
  const error = await assertRejects(() => site.identity.ping(), Unavailable);
  assertEquals(
    error.message,
    "Keystone gives no answer to POST http://127.0.0.1:1/v3/auth/tokens: " +
      "tcp connect error: Connection refused (os error 111)",
  );
});

Deno.test("KeystoneIdentity.close ends calls that wait for an answer", async () => {
  const site = openKeystone({ timeoutMs: 60_000 });
  const answers = Promise.withResolvers<Response>();
  site.keystone.fault = () => answers.promise;
  const asked = assertRejects(() => site.identity.ping(), Unavailable);
  while (site.keystone.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const startedMs = performance.now();
  await site.identity.close();
  await asked;
  assertLess(performance.now() - startedMs, 5000);
  answers.resolve(new Response());
  await site.keystone[Symbol.asyncDispose]();
});
