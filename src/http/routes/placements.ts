import type { Placement } from "../../domain/plan.ts";
import { deletePlacement, findPlacement, searchPlacements } from "../../usecases/placements.ts";
import { Problem } from "../../usecases/problem.ts";
import { reservePlacement } from "../../usecases/reserve_placement.ts";
import { created, NO_CONTENT, ok } from "../answer.ts";
import { presentPages, presentPlacement } from "../present.ts";
import { plain, resource, withBody } from "../resource.ts";
import {
  placementEnvelopeSchema,
  placementListSchema,
  type ReservePlacement,
  reservePlacementSchema,
} from "../schemas/placements.ts";

const EXAMPLE = {
  id: "b3f6a0de-91c4-4e0c-8f3e-5c2d7720aa15",
  name: "edge_a",
  orchestration_id: "0d9a2a44-6d3b-4d0e-8b55-0f7f5a3c1e01",
  resource_id: null,
  location: "cmp-r05-011",
  reserved: false,
  plan_id: "15905c70-800f-4056-b015-a1db2423f12e",
  metadata: {},
};

const NOT_FOUND = [404, "Placement not found"] as const;

export const placementsResource = resource({
  path: "/v1/placements",
  tag: "placements",
  find: () => null,
  methods: [plain("GET", {
    summary: "List or search placements",
    query: [{
      name: "fields",
      description: "Any field of a placement, `reserved` or a key of its metadata; all given ones must match",
      schema: { type: "object", additionalProperties: { type: "string" } },
      style: "form",
      explode: true,
    }],
    success: {
      status: 200,
      description: "The placements that match",
      schema: placementListSchema,
      example: { placements: [EXAMPLE] },
    },
    errors: [],
    handle: (ctx, access, { call }) => {
      const query = [...new URLSearchParams(call.query)];
      const pages = presentPages(searchPlacements(ctx, access, query), presentPlacement);
      return Promise.resolve({ status: 200, list: { key: "placements", pages } });
    },
  })],
});

export const placementResource = resource({
  path: "/v1/placements/:placement_id",
  tag: "placements",
  params: { placement_id: "Id of a placement, else the orchestration id of its server" },
  find: (ctx, access, { params }) => findPlacement(ctx, access, params.placement_id),
  methods: [
    plain<Placement>("GET", {
      summary: "Show a placement",
      success: {
        status: 200,
        description: "The placement",
        schema: placementEnvelopeSchema,
        example: { placement: EXAMPLE },
      },
      errors: [NOT_FOUND],
      handle: (_ctx, _access, { found }) => Promise.resolve(ok({ placement: presentPlacement(found) })),
    }),
    withBody<Placement, ReservePlacement>("POST", {
      summary: "Reserve a placement, on another host if need be",
      repeatable: true,
      body: {
        schema: reservePlacementSchema,
        optional: true,
        example: {
          locations: ["cmp-r05-011", "cmp-r05-014"],
          resource_id: "c2f0a1d4-77aa-4d1b-9b1e-6f2f6d0b9e31",
        },
      },
      success: {
        status: 201,
        description: "The placement as it is stored now",
        schema: placementEnvelopeSchema,
        example: {
          placement: { ...EXAMPLE, reserved: true, resource_id: "c2f0a1d4-77aa-4d1b-9b1e-6f2f6d0b9e31" },
        },
      },
      errors: [
        [400, "Invalid action: move. Must be one of ('reserve', 'replan')"],
        NOT_FOUND,
        [500, "Ostro error: no available hosts"],
      ],
      handle: async (ctx, _access, { found, body: { action, locations, resource_id } }) => {
        const body = {
          action: action ?? "reserve",
          locations: locations ?? [],
          resource_id: resource_id ?? "",
        } as const;
        const placement = await reservePlacement(ctx, { found, body });
        return placement instanceof Problem ? placement : created({ placement: presentPlacement(placement) });
      },
    }),
    plain<Placement>("DELETE", {
      summary: "Delete a placement",
      success: { status: 204, description: "The placement is gone, and what it held is free" },
      errors: [NOT_FOUND],
      handle: async (ctx, _access, { found }) => await deletePlacement(ctx, found) ?? NO_CONTENT,
    }),
  ],
});
