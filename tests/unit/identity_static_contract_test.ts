import { StaticIdentity } from "../../src/adapters/identity/static/identity.ts";
import { identitySuite, KNOWN } from "../support/identity_suite.ts";

identitySuite({
  name: "static",
  open: () => {
    const identity = new StaticIdentity({
      tokens: [
        { token: KNOWN.token, ...KNOWN.caller },
        { token: "another", userId: "u-9", projectId: "p-9", roles: [] },
      ],
      projectIds: KNOWN.projects,
    });
    return Promise.resolve({ identity, known: KNOWN, [Symbol.asyncDispose]: () => identity.close() });
  },
});
