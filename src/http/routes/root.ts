import { ok } from "../answer.ts";
import { plain, resource } from "../resource.ts";
import { versionsSchema } from "../schemas/service.ts";

const COLLECTIONS = ["groups", "placements", "plans", "status"];

function versions(links: readonly string[]): object {
  return {
    versions: [{ status: "CURRENT", id: "v1.0", links: links.map((href) => ({ href, rel: "self" })) }],
  };
}

const HOST = "http://valet.example:8090";

export const rootResource = resource({
  path: "/",
  tag: "service",
  open: true,
  find: () => null,
  methods: [plain("GET", {
    summary: "List the versions of the API",
    success: {
      status: 200,
      description: "The versions",
      schema: versionsSchema,
      example: versions([`${HOST}/v1/`]),
    },
    errors: [],
    handle: (_ctx, _access, { call }) => Promise.resolve(ok(versions([`${call.root}/v1/`]))),
  })],
});

const collections = (root: string) => versions(COLLECTIONS.map((name) => `${root}/v1/${name}/`));

export const versionResource = resource({
  path: "/v1",
  tag: "service",
  find: () => null,
  methods: [plain("GET", {
    summary: "List the collections of version 1",
    success: {
      status: 200,
      description: "The collections",
      schema: versionsSchema,
      example: collections(HOST),
    },
    errors: [],
    handle: (_ctx, _access, { call }) => Promise.resolve(ok(collections(call.root))),
  })],
});
