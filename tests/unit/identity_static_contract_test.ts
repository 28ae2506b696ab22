import { StaticIdentity } from "../../src/adapters/identity/static/identity.ts";
import { identitySuite, KNOWN_CALLER, KNOWN_PROJECTS, KNOWN_TOKEN } from "../support/identity_suite.ts";

identitySuite({
  name: "static",
  open: () => {
    const identity = new StaticIdentity({
      tokens: [
        { token: KNOWN_TOKEN, ...KNOWN_CALLER },
        { token: "another", userId: "u-9", projectId: "p-9", roles: [] },
      ],
      projectIds: KNOWN_PROJECTS,
    });
    return Promise.resolve({ identity, [Symbol.asyncDispose]: () => identity.close() });
  },
});
