import { COMMON_IDENTITY } from "./common_identity.ts";
import { driverOf } from "./driver.ts";
import { block, list, oneOf, text } from "../fields.ts";
import type { Findings } from "../findings.ts";
import { readKeystone } from "./keystone.ts";
import type { IdentitySettings, StaticIdentitySettings, StaticProject, StaticToken } from "../settings.ts";
import type { FileContext } from "../tls.ts";

const STATIC = block({
  ...COMMON_IDENTITY,
  driver: oneOf(["static"]),
  tokens: list(
    block({
      token: text("a token").regex(/^[\x21-\x7e]+$/, { error: "Wanted printable ASCII without blanks" }),
      user_id: text("the user's id"),
      project_id: text("the project's id"),
      project_name: text("the project's name"),
      roles: list(text("the name of a role")).default([]),
    }),
    { min: 1 },
  ),
  projects: list(block({ id: text("the project's id"), name: text("the project's name") })).default([]),
});

/** The block for Keystone, or for people with tokens in the file. */
export function readIdentity(raw: unknown, context: FileContext): IdentitySettings | null {
  const { findings } = context;
  const known = ["static", "keystone"] as const;
  const driver = driverOf(raw, { path: "identity", findings, known, assumed: "keystone" });
  switch (driver) {
    case null:
      return null;
    case "static":
      return readStatic(raw, findings);
    case "keystone":
      return readKeystone(raw, context);
  }
}

function readStatic(raw: unknown, findings: Findings): StaticIdentitySettings | null {
  const identity = findings.parse(STATIC, { value: raw, path: "identity" });
  if (identity === null) return null;
  const seen = new Set<string>();
  identity.tokens.forEach(({ token }, index) => {
    if (seen.has(token)) findings.error(`identity.tokens.${index}.token`, "Wanted each token once");
    seen.add(token);
  });
  const tokens = identity.tokens.map((entry): StaticToken => ({
    token: entry.token,
    userId: entry.user_id,
    projectId: entry.project_id,
    projectName: entry.project_name,
    roles: entry.roles,
  }));
  return {
    driver: "static",
    policy: identity.policy,
    adminRoles: identity.admin_roles,
    unowned: identity.unowned,
    tokens,
    projects: projectsOf(tokens, identity.projects),
  };
}

/** The projects listed and those of the tokens, each once. */
function projectsOf(
  tokens: readonly StaticToken[],
  listed: readonly StaticProject[],
): readonly StaticProject[] {
  const own = tokens.map(({ projectId, projectName }) => ({ id: projectId, name: projectName }));
  return [...new Map([...own, ...listed].map((project) => [project.id, project])).values()];
}
