import type { z } from "zod";
import { COMMON_IDENTITY } from "./common_identity.ts";
import { block, flag, httpUrl, names, oneOf, seconds, text } from "../fields.ts";
import type { Findings } from "../findings.ts";
import { INTERFACES, type KeystoneLogin, type KeystoneSettings } from "../settings.ts";
import { type FileContext, readAuthorities } from "../tls.ts";

const URL_TEXT = "Keystone's http or https URL with nothing, '/v3' or '/v2.0' at the end, and without a user";

/** `adminURL` and the like are what older versions of Keystone called the interfaces. */
const SPELLINGS = [...INTERFACES, "adminURL", "internalURL", "publicURL"] as const;

const DOMAIN = text("a domain's name").default("Default");

const CONFIG = block({
  username: text("the service user's name").optional(),
  password: text("the service user's password").optional(),
  project_name: text("the service user's project").optional(),
  user_domain_name: DOMAIN,
  project_domain_name: DOMAIN,
  application_credential_id: text("an id").optional(),
  application_credential_secret: text("a secret").optional(),
  auth_url: httpUrl(URL_TEXT).refine(isAuthUrl, { error: `Wanted ${URL_TEXT}` }),
  interface: oneOf(SPELLINGS).default("admin").transform(interfaceOf),
  region_name: text("a region").optional(),
  cafile: text("a file name").optional(),
  timeout: seconds(0.1, 60).default(5000),
  token_cache_time: seconds(-1, 300).default(60_000),
  project_cache_time: seconds(0, 3600).default(60_000),
  service_token_roles: names("names of roles").default(["service"]),
  require_admin_project: flag().default(false),
});

const KEYSTONE = block({ ...COMMON_IDENTITY, driver: oneOf(["keystone"]).optional(), config: CONFIG });

export function readKeystone(raw: unknown, context: FileContext): KeystoneSettings | null {
  const { findings } = context;
  const identity = findings.parse(KEYSTONE, { value: raw, path: "identity" });
  checkLogin(Object(Object(raw).config), findings);
  if (identity === null) return null;
  const { policy, admin_roles, unowned, config } = identity;
  if (config.auth_url.replace(/\/+$/, "").endsWith("/v2.0")) {
    findings.warning("identity.config.auth_url", "Version 2.0 of Keystone is gone, version 3 is used");
  }
  return {
    driver: "keystone",
    policy,
    adminRoles: admin_roles,
    unowned,
    authUrl: config.auth_url.replace(/\/+$/, "").replace(/\/v(?:3|2\.0)$/, ""),
    login: loginOf(config),
    interface: config.interface,
    region: config.region_name ?? null,
    ca: readAuthorities(config.cafile, { ...context, path: "identity.config.cafile" }),
    timeoutMs: config.timeout,
    tokenCacheMs: Math.max(0, config.token_cache_time),
    projectCacheMs: config.project_cache_time,
    serviceTokenRoles: config.service_token_roles,
    requireAdminProject: config.require_admin_project,
  };
}

function isAuthUrl(text: string): boolean {
  const { username, password, pathname } = new URL(text);
  return username === "" && password === "" && !/\/v(?!3\/*$|2\.0\/*$)[\d.]+\/*$/.test(pathname);
}

function interfaceOf(spelling: (typeof SPELLINGS)[number]): KeystoneSettings["interface"] {
  return INTERFACES.find((name) => spelling.startsWith(name))!;
}

/** What concerns several keys; told whatever else is wrong. */
function checkLogin(config: Readonly<Record<string, unknown>>, findings: Findings): void {
  const byCredential = config.application_credential_id !== undefined;
  const needed = byCredential ? ["application_credential_secret"] : ["username", "password", "project_name"];
  for (const key of needed) {
    if (config[key] === undefined) findings.error(`identity.config.${key}`, "Wanted a value, got nothing");
  }
  if (byCredential && config.username !== undefined) {
    findings.warning("identity.config.username", "Has no effect beside 'application_credential_id'");
  }
}

/** From a block that lacks nothing. */
function loginOf(config: z.infer<typeof CONFIG>): KeystoneLogin {
  const { application_credential_id: id, application_credential_secret: secret } = config;
  if (id !== undefined) return { method: "application_credential", id, secret: secret! };
  return {
    method: "password",
    username: config.username!,
    password: config.password!,
    userDomainName: config.user_domain_name,
    projectName: config.project_name!,
    projectDomainName: config.project_domain_name,
  };
}
