import { assertEquals } from "@std/assert";
import type { Identity } from "../../src/ports/identity.ts";
import { type PortAdapter, type PortCase, portSuite } from "./port_suite.ts";

/** An identity service that knows `KNOWN_TOKEN` as the caller `KNOWN_CALLER`, and the projects `KNOWN_PROJECTS`. */
export interface IdentityUnderTest extends AsyncDisposable {
  readonly identity: Identity;
}

export const KNOWN_TOKEN = "gAAAAA-known";

export const KNOWN_CALLER = { userId: "u-1", projectId: "p-1", roles: ["member", "reader"] };

/** The caller's own project is known too. */
export const KNOWN_PROJECTS = ["p-2", "b7d1f0c2a9e84f8a8f6d1c2e3b4a5968"];

const CASES: readonly PortCase<IdentityUnderTest>[] = [
  {
    name: "Identity.authenticate gives the caller behind a token",
    run: async ({ identity }) => assertEquals(await identity.authenticate(KNOWN_TOKEN), KNOWN_CALLER),
  },
  {
    name: "Identity.authenticate may be repeated",
    run: async ({ identity }) => {
      await identity.authenticate(KNOWN_TOKEN);
      assertEquals(await identity.authenticate(KNOWN_TOKEN), KNOWN_CALLER);
    },
  },
  {
    name: "Identity.authenticate gives null for a token that is unknown, empty, or nearly right",
    run: async ({ identity }) => {
      for (
        const token of ["unknown", "", KNOWN_TOKEN.slice(0, -1), `${KNOWN_TOKEN} `, KNOWN_TOKEN.toUpperCase()]
      ) {
        assertEquals(await identity.authenticate(token), null, `'${token}'`);
      }
    },
  },
  {
    name: "Identity.authenticate gives null for a token that no identity service could have made",
    run: async ({ identity }) => {
      for (const token of ["__proto__", "constructor", "x".repeat(100_000), "\u0000", "ключ"]) {
        assertEquals(await identity.authenticate(token), null);
      }
    },
  },
  {
    name: "Identity.knownProjects gives those that exist, in the order given",
    run: async ({ identity }) => {
      const [first, second] = KNOWN_PROJECTS;
      const asked = [second, "p-none", KNOWN_CALLER.projectId, first, "__proto__"];
      assertEquals(await identity.knownProjects(asked), [second, KNOWN_CALLER.projectId, first]);
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
];

/** Registers what every adapter of the port must keep. */
export function identitySuite(adapter: PortAdapter<IdentityUnderTest>): void {
  portSuite(CASES, adapter);
}
