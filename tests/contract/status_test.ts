import { assertEquals } from "@std/assert";
import type { Optimizer } from "../../src/ports/optimizer.ts";
import { hostName } from "../support/data_centers.ts";
import { FaultInjector } from "../support/faults.ts";
import { contract, createGroup, createPlan, freshId, server } from "../support/contract.ts";

const optimizer = new FaultInjector<Optimizer>("optimizer");

contract("status", { wrap: { optimizer: optimizer.wrap }, settings: { ostro: { pingMs: 200 } } }, {
  "[8.1-200] the root lists one version with an absolute link": async (service) => {
    const answer = await service.call("GET", "/");
    const links = [{ href: `${service.url}/v1/`, rel: "self" }];
    assertEquals([answer.status, answer.json()], [200, {
      versions: [{ status: "CURRENT", id: "v1.0", links }],
    }]);
  },

  "[8.2-200] the version lists four collections in order": async (service) => {
    const answer = await service.call("GET", "/v1");
    const hrefs = answer.json<{ versions: { links: { href: string }[] }[] }>().versions[0].links.map((
      { href },
    ) => href);
    assertEquals(
      hrefs,
      ["groups", "placements", "plans", "status"].map((name) => `${service.url}/v1/${name}/`),
    );
  },

  "[8.15-get, 8.15-head, 12-6] a live optimizer is 200 on GET and HEAD": async (service) => {
    const { status } = (await service.call("GET", "/v1/status")).json<{ status: { ostro: unknown } }>();
    assertEquals(status.ostro, {
      status: { type: "ok", message: "ping" },
      resources: { ip: "127.0.0.1", id: 1 },
    });
    const head = await service.call("HEAD", "/v1/status");
    assertEquals([head.status, head.text], [200, ""]);
  },

  "[8.15-get, 8.15-head, 12-6] a dead optimizer is told inside 200, and is 500 on HEAD": async (service) => {
    optimizer.fail("ping");
    const get = await service.call("GET", "/v1/status");
    assertEquals([get.status, get.json()], [200, {
      status: { ostro: { status: { type: "error", message: "Timed out waiting for a response." } } },
    }]);
    const head = await service.call("HEAD", "/v1/status");
    assertEquals([head.status, head.text], [500, ""]);
    optimizer.heal();
  },
});

contract("resources", {}, {
  "[8.16-200] servers that break a rule where they are, by Nova's id": async (service) => {
    assertEquals((await service.call("GET", "/v1/resources")).json(), { resources: {} });
    const group = await createGroup(service, { type: "diversity", level: "host", members: ["p-admin"] });
    const ids = [freshId(), freshId()];
    for (const id of ids) {
      const resources = { [id]: server({ properties: { metadata: { valet: { groups: [group.name] } } } }) };
      await createPlan(service, {
        resources,
        locations: id === ids[0] ? [hostName(1, 1)] : [hostName(1, 2)],
      });
    }
    assertEquals((await service.call("GET", "/v1/resources")).json(), { resources: {} });
  },
});
