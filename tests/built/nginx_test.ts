import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { freePort, ServingValet } from "../support/cli_process.ts";
import { testOn } from "../support/machine.ts";
import { Nginx } from "../support/nginx.ts";
import { untilReady } from "../support/readiness.ts";
import { ConfigFolder, MINIMAL_CONFIG } from "../support/settings_files.ts";

/** An instance that is not there, dies of each request, or has just begun. */
type Ill = "refuses" | "dies" | "begins";

/** Something that listens like an instance. */
interface Instance extends AsyncDisposable {
  readonly port: number;
}

function illInstance(illness: Ill): Instance {
  if (illness === "refuses") return { port: freePort(), [Symbol.asyncDispose]: () => Promise.resolve() };
  if (illness === "begins") {
    return answering(async (request) => {
      // What nginx can't send to its end counts as a broken connection.
      await request.body?.pipeTo(new WritableStream());
      return new Response("not yet", { status: 503 });
    });
  }
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const dying = (async () => {
    for await (const connection of listener) {
      await connection.read(new Uint8Array(65_536));
      connection.close();
    }
  })();
  return {
    port: listener.addr.port,
    [Symbol.asyncDispose]: async () => {
      listener.close();
      await dying;
    },
  };
}

function answering(handler: (request: Request) => Response | Promise<Response>): Instance {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handler);
  return { port: server.addr.port, [Symbol.asyncDispose]: () => server.shutdown() };
}

const program = [fileURLToPath(new URL("../../dist/valet", import.meta.url))];
const DATA_CENTER = new URL("../../config/demo_datacenter.json", import.meta.url);

testOn({ programs: ["nginx"] }, {
  name: "config/valet.nginx serves TLS before a Valet on loopback",
  fn: async () => {
    using folder = new ConfigFolder();
    const port = freePort();
    await using proxy = await Nginx.start([port]);
    const { url, client } = proxy;
    folder.write("datacenter.json", Deno.readTextFileSync(DATA_CENTER));
    const config = folder.write("config.ts", MINIMAL_CONFIG.replace("host:", `public_url: "${url}", host:`));
    const call = async (path: string, init: RequestInit = {}) => {
      const answer = await fetch(url + path, { client, headers: { "x-auth-token": "t1" }, ...init });
      return { status: answer.status, headers: answer.headers, text: await answer.text() };
    };
    for (const method of ["GET", "POST", "DELETE"]) {
      const { status, headers, text } = await call("/v1/plans/one", { method });
      assertEquals([status, headers.get("retry-after"), text], [503, "1", "Service temporarily unavailable"]);
    }

    await using _valet = await ServingValet.start([config, "--port", `${port}`], { program });
    await untilReady(url, { client });
    const versions = await call("/");
    assertEquals(JSON.parse(versions.text).versions[0].links[0].href, `${url}/v1/`);
    const body = JSON.stringify({
      plan_name: "one",
      stack_id: "stack-1",
      resources: { solo: { type: "OS::Nova::Server", properties: { flavor: "m1.small" } } },
    });
    assertEquals((await call("/v1/plans", { method: "POST", body })).status, 201);
    assertEquals((await call("/v1/plans/stack-1")).status, 200);
    assertEquals((await call("/v1/plans", { headers: {} })).status, 401);
    assertEquals((await call("/metrics")).status, 403);
    assertEquals(
      (await call("/v1/plans", { method: "POST", body: "x".repeat(9 * 1024 * 1024) })).status,
      413,
    );
    assertEquals((await call("/v1/plans/stack-1", { method: "DELETE" })).status, 204);
    assertEquals((await call("/v1/plans/stack-1", { method: "DELETE" })).status, 404);
  },
});

const PASSED_ON: readonly (readonly [Ill, string, number])[] = [
  ["refuses", "GET", 200],
  ["refuses", "POST", 200],
  ["refuses", "PUT", 200],
  ["refuses", "DELETE", 200],
  ["dies", "GET", 200],
  ["dies", "POST", 503],
  ["dies", "PUT", 503],
  ["dies", "DELETE", 503],
  ["begins", "GET", 200],
  ["begins", "POST", 503],
  ["begins", "PUT", 503],
  ["begins", "DELETE", 503],
];

testOn({ programs: ["nginx"] }, {
  name: "config/valet.nginx sends to another instance what reads, and what an instance never got",
  fn: async () => {
    for (const [illness, method, wanted] of PASSED_ON) {
      const asked: string[] = [];
      await using ill = illInstance(illness);
      await using well = answering(async (request) => {
        asked.push(`${request.method} ${new URL(request.url).pathname} ${await request.text()}`);
        return new Response("done");
      });
      await using proxy = await Nginx.start([ill.port, well.port]);
      const body = method === "POST" || method === "PUT" ? "x".repeat(100_000) : null;
      const answer = await fetch(`${proxy.url}/v1/plans/one`, { method, body, client: proxy.client });
      await answer.body?.cancel();
      assertEquals(answer.status, wanted, `${method} to an instance that ${illness}`);
      assertEquals(asked, wanted === 200 ? [`${method} /v1/plans/one ${body ?? ""}`] : []);
      const retryAfter = illness === "dies" && wanted === 503 ? "1" : null;
      assertEquals(answer.headers.get("retry-after"), retryAfter);
    }
  },
});
