import { driverOf } from "./driver.ts";
import { block, httpUrl, list, names, oneOf, seconds, text } from "../fields.ts";
import type { Findings } from "../findings.ts";
import {
  type IdentitySettings,
  POLICIES,
  type StaticProject,
  type StaticToken,
  UNOWNED_VISIBILITIES,
} from "../settings.ts";

const COMMON = {
  policy: oneOf(POLICIES).default("admin"),
  admin_roles: names("names of roles").default(["admin"]),
  unowned: oneOf(UNOWNED_VISIBILITIES).default("admin"),
};

const STATIC = block({
  ...COMMON,
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

const INTERFACES = ["admin", "internal", "public", "adminURL", "internalURL", "publicURL"];

const KEYSTONE = block({
  ...COMMON,
  driver: oneOf(["keystone"]).optional(),
  config: block({
    username: text("the service user's name").optional(),
    password: text("the service user's password").optional(),
    project_name: text("the service user's project").optional(),
    auth_url: httpUrl("Keystone's http or https URL"),
    interface: oneOf(INTERFACES).optional(),
    user_domain_name: text("a domain").optional(),
    project_domain_name: text("a domain").optional(),
    region_name: text("a region").optional(),
    application_credential_id: text("an id").optional(),
    application_credential_secret: text("a secret").optional(),
    cafile: text("a file name").optional(),
    timeout: seconds(0.1, 60).optional(),
    token_cache_time: seconds(0, 300).optional(),
    project_cache_time: seconds(0, 3600).optional(),
    service_token_roles: names("names of roles").optional(),
  }),
});

/** The block for people with tokens in the file, or a check of the block for Keystone. */
export function readIdentity(raw: unknown, findings: Findings): IdentitySettings | null {
  const known = ["static", "keystone"] as const;
  const driver = driverOf(raw, { path: "identity", findings, known, assumed: "keystone" });
  if (driver === null) return null;
  if (driver === "static") return readStatic(raw, findings);
  findings.parse(KEYSTONE, { value: raw, path: "identity" });
  checkKeystone(Object(Object(raw).config), findings);
  findings.unavailable("identity", "Driver 'keystone' is not in this build");
  return null;
}

function readStatic(raw: unknown, findings: Findings): IdentitySettings | null {
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

/** What concerns several keys; told whatever else is wrong. */
function checkKeystone(config: Readonly<Record<string, unknown>>, findings: Findings): void {
  const byCredential = config.application_credential_id !== undefined;
  const needed = byCredential ? ["application_credential_secret"] : ["username", "password", "project_name"];
  for (const key of needed) {
    if (config[key] === undefined) findings.error(`identity.config.${key}`, "Wanted a value, got nothing");
  }
  if (/\/v2\.0\/?$/.test(String(config.auth_url))) {
    findings.warning("identity.config.auth_url", "Version 2.0 of Keystone is gone, version 3 is used");
  }
}
