import { assertEquals } from "@std/assert";
import type { Caller } from "../../src/domain/caller.ts";
import type { Credentials, Identity } from "../../src/ports/identity.ts";
import { type PortAdapter, type PortCase, portSuite } from "./port_suite.ts";

/** An identity service, and what it knows. */
export interface IdentityUnderTest extends AsyncDisposable {
  readonly identity: Identity;
  readonly known: Known;
}

export interface Known {
  readonly token: string;
  /** Behind the token; its project is known too. */
  readonly caller: Caller;
  /** Two others. */
  readonly projects: readonly [string, string];
}

/** For services that know what they are told. */
export const KNOWN: Known = {
  token: "gAAAAA-known",
  caller: { userId: "u-1", projectId: "p-1", roles: ["member", "reader"] },
  projects: ["p-2", "b7d1f0c2a9e84f8a8f6d1c2e3b4a5968"],
};

/** Those of a call with this token alone. */
export function credentials(token: string, changes: Partial<Credentials> = {}): Credentials {
  return { token, serviceToken: null, call: { method: "GET", path: "/v1/plans" }, ...changes };
}

/** The order of roles means nothing, and Keystone gives one and the other. */
async function assertKnown({ identity, known: { token, caller } }: IdentityUnderTest): Promise<void> {
  const found = await identity.authenticate(credentials(token));
  assertEquals(found && { ...found, roles: found.roles.toSorted() }, {
    ...caller,
    roles: caller.roles.toSorted(),
  });
}

const CASES: readonly PortCase<IdentityUnderTest>[] = [
  {
    name: "Identity.authenticate gives the caller behind a token",
    run: assertKnown,
  },
  {
    name: "Identity.authenticate may be repeated",
    run: async (tested) => {
      await assertKnown(tested);
      await assertKnown(tested);
    },
  },
  {
    name: "Identity.authenticate gives null for a token that is unknown, empty, or nearly right",
    run: async ({ identity, known }) => {
      for (
        const token of ["unknown", "", known.token.slice(0, -1), `${known.token} `, known.token.toUpperCase()]
      ) {
        assertEquals(await identity.authenticate(credentials(token)), null, `'${token}'`);
      }
    },
  },
  {
    name: "Identity.authenticate gives null for a token that no identity service could have made",
    run: async ({ identity }) => {
      for (const token of ["__proto__", "constructor", "x".repeat(100_000), "\u0000", "ключ"]) {
        assertEquals(await identity.authenticate(credentials(token)), null);
      }
    },
  },
  {
    name: "Identity.knownProjects gives those that exist, in the order given",
    run: async ({ identity, known }) => {
      const [first, second] = known.projects;
      const asked = [second, "p-none", known.caller.projectId, first, "__proto__"];
      assertEquals(await identity.knownProjects(asked), [second, known.caller.projectId, first]);
    },
  },
  {
    name: "Identity.knownProjects gives none for none",
    run: async ({ identity }) => assertEquals(await identity.knownProjects([]), []),
  },
  {
    name: "Identity.ping resolves while the service answers",
    run: ({ identity }) => identity.ping(),
  },
  {
    name: "Identity.check resolves while the service answers questions about callers",
    run: ({ identity }) => identity.check(),
  },
];

/** Registers what every adapter of the port must keep. */
export function identitySuite(adapter: PortAdapter<IdentityUnderTest>): void {
  portSuite(CASES, adapter);
}
