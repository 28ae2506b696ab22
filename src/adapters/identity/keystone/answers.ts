import * as z from "zod";

/** Every bound is far beyond what Keystone gives; it keeps what is remembered of an answer small. */
const ID = z.string().min(1).max(255);
const URL_TEXT = z.string().max(2048);

const TIME = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

const ACCESS_RULE = z.object({ service: ID, method: z.string().max(16), path: z.string().max(255) });

/** A call to some service that a token is good for. */
export type AccessRule = z.infer<typeof ACCESS_RULE>;

/** `GET /v3/auth/tokens`: a token that is good. Absent keys tell its scope. */
export const VALIDATED = z.object({
  token: z.object({
    expires_at: TIME,
    user: z.object({ id: ID }),
    project: z.object({ id: ID }).optional(),
    roles: z.array(z.object({ name: ID })).max(256).default([]),
    is_admin_project: z.boolean().default(true),
    application_credential: z.object({ access_rules: z.array(ACCESS_RULE).max(256).nullish() }).optional(),
  }),
});

export type ValidatedToken = z.infer<typeof VALIDATED>["token"];

const ENDPOINT = z.object({
  interface: z.string(),
  url: URL_TEXT,
  region: z.string().nullish(),
  region_id: z.string().nullish(),
});

const SERVICE = z.object({ type: z.string(), endpoints: z.array(ENDPOINT).default([]) });

/** A service of the catalog, and where it is. */
export type CatalogService = z.infer<typeof SERVICE>;

/** `POST /v3/auth/tokens`: the service user's own token. */
export const ISSUED = z.object({
  token: z.object({ issued_at: TIME, expires_at: TIME, catalog: z.array(SERVICE).default([]) }),
});

const PROJECT = z.object({
  id: ID,
  enabled: z.boolean().default(true),
  is_domain: z.boolean().default(false),
});

export type Project = z.infer<typeof PROJECT>;

/** `GET /v3/projects/{id}`. */
export const PROJECT_SHOWN = z.object({ project: PROJECT });

/** One page of `GET /v3/projects` or `GET /v3/auth/projects`. */
export const PROJECT_PAGE = z.object({
  projects: z.array(PROJECT),
  links: z.object({ next: URL_TEXT.nullish() }).default({}),
});

/** The form of Keystone's errors. Its message may hold a token, and is not read. */
export const ERROR = z.object({ error: z.object({ code: z.int() }) });
