import { assert, assertEquals } from "@std/assert";
import type { TestService } from "../support/service.ts";
import { intercept } from "../support/intercept.ts";
import {
  assertError,
  assignment,
  contract,
  createPlan,
  freshId,
  planBody,
  server,
} from "../support/contract.ts";

/** Bodies for POST /v1/groups with the text that each gets. */
const TEXTS: readonly (readonly [name: string, body: unknown, explanation: string])[] = [
  ["[4.2-empty-body] an empty body", undefined, "No JSON object could be decoded"],
  ["[4.2-malformed] an open brace", "{", "No JSON object could be decoded"],
  ["[4.2-malformed] a missing comma", '{"name": "a" "b"}', "No JSON object could be decoded"],
  ["[4.2-no-data] an empty object", {}, "-> top level has no data to validate against schema"],
  ["[4.2-missing-key] a missing key", { name: "n" }, "required item in schema is missing: type"],
  [
    "[4.2-wrong-type] a number for a text",
    { name: "n", type: 1 },
    "-> type -> 1 did not pass validation against callable: string (not of type string)",
  ],
  [
    "[4.2-extra-key] an unknown key",
    { name: "n", type: "affinity", x: 1 },
    "-> top level has unexpected item in data: x",
  ],
  ["[4.2-not-object] a list", "[1]", "-> top level is not of type dictionary"],
];

contract("validation texts", {}, {
  ...Object.fromEntries(TEXTS.map(([name, body, explanation]) => [
    `${name} is told as it should be`,
    async (service: TestService) => {
      assertError(await service.call("POST", "/v1/groups", { body }), 400, explanation);
    },
  ])),

  "[4.2-wrong-type] arrays and dictionaries are named like strings": async (service) => {
    const post = (changes: object) =>
      service.call("POST", "/v1/plans", { body: { ...planBody(), ...changes } });
    const end = "did not pass validation against callable:";
    assertError(
      await post({ resources: [] }),
      400,
      `-> resources -> [] ${end} dictionary (not of type dictionary)`,
    );
    assertError(await post({ locations: "h1" }), 400, `-> locations -> h1 ${end} array (not of type array)`);
    assertError(
      await post({ locations: [5] }),
      400,
      `-> locations -> item[0] -> 5 ${end} string (not of type string)`,
    );
  },

  "[4.2-group-name] a bad group name is told with the rule": async (service) => {
    const answer = await service.call("POST", "/v1/groups", { body: { name: "a b", type: "affinity" } });
    assertEquals(
      answer.json().explanation,
      "-> name -> a b did not pass validation against callable: group_name_type (must contain only uppercase and " +
        "lowercase letters, decimal digits, hyphens, periods, underscores, and tildes [RFC 3986, Section 2.3])",
    );
  },

  "[4.2-action] a bad action of a plan is told with the choices": async (service) => {
    const plan = await createPlan(service);
    const answer = await service.call("PUT", `/v1/plans/${plan.id}`, {
      body: { action: "move", resources: [] },
    });
    const text = "-> action -> move did not pass validation against callable: valid_plan_update_action " +
      "(must be update or migrate)";
    assertError(answer, 400, text);
  },

  "[4.2-extra-key, ERR-4] values that are repeated are cut short and free of control characters": async (
    service,
  ) => {
    const body = { name: "n", type: "affinity", [`k\u0000${"y".repeat(500)}`]: 1 };
    const { explanation } = (await service.call("POST", "/v1/groups", { body })).json<
      { explanation: string }
    >();
    assertEquals(explanation, `-> top level has unexpected item in data: k\uFFFD${"y".repeat(62)}…`);
  },
});

contract("errors", {}, {
  "[ERR-1] every error has the same five parts": async (service) => {
    const refused = await service.call("POST", "/v1/plans", {
      body: planBody({ resources: { a: server({ flavor: "x" }) } }),
    });
    for (
      const answer of [
        await service.call("GET", "/nowhere"),
        await service.call("GET", `/v1/plans/${freshId()}`),
        await service.call("PATCH", "/v1/plans"),
        await service.call("POST", "/v1/groups", { body: "{" }),
        refused,
      ]
    ) {
      const { explanation } = answer.json<{ explanation: string }>();
      assertError(answer, answer.status, explanation);
    }
  },

  "[ERR-2, 12-19, 8.13-post-500] texts of the optimizer and of group checks carry their prefix": async (
    service,
  ) => {
    const refused = await service.call("POST", "/v1/plans", {
      body: planBody({
        resources: {
          a: server({ name: "big", flavor: "m1.xlarge", properties: { availability_zone: "z" } }),
        },
      }),
    });
    assertError(
      refused,
      500,
      'Ostro error: violate availability zone constraint for node = big; server "big" fits none of 12 hosts: ' +
        "availability zone rules out 12",
    );
    const unknown = await service.call("POST", "/v1/plans", {
      body: planBody({ resources: { a: assignment("affinity", ["nobody"]) } }),
    });
    assertError(unknown, 400, "Valet error: invalid resource = nobody");
  },

  "[ERR-6] there are no public error pages": async (service) => {
    for (const name of ["not_found", "unauthorized", "server_error"]) {
      assertEquals((await service.call("GET", `/errors/${name}`, { token: null })).status, 404);
    }
  },
});

const BUG = "SELECT secret FROM /var/lib/valet.db";

contract("a bug inside", {
  wrap: {
    store: (store) => intercept(store, () => ({ groupById: () => Promise.reject(new TypeError(BUG)) })),
  },
}, {
  "[ERR-3, ERR-4] it is a JSON 500 that tells nothing, and is logged with the request's id": async (
    service,
  ) => {
    const answer = await service.call("GET", "/v1/groups/x");
    assertError(
      answer,
      500,
      "The server has either erred or is incapable of performing the requested operation.",
    );
    const id = answer.headers.get("x-openstack-request-id")!;
    assert(service.log.lines.some((line) => line.includes("A request failed") && line.includes(id)));
  },
});
