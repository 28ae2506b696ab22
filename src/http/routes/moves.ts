import type { HostChoice, MoveGoal } from "../../domain/moves.ts";
import { applyMoves } from "../../usecases/apply_moves.ts";
import { planMoves } from "../../usecases/plan_moves.ts";
import { Problem } from "../../usecases/problem.ts";
import { ok } from "../answer.ts";
import { presentPlacement } from "../present.ts";
import { presentMoves } from "../present_moves.ts";
import { resource, withBody } from "../resource.ts";
import {
  type ApplyMovesBody,
  applyMovesSchema,
  movesSchema,
  type PlanMovesBody,
  planMovesSchema,
} from "../schemas/moves.ts";
import { placementListSchema } from "../schemas/placements.ts";

const SERVER = "0d9a2a44-6d3b-4d0e-8b55-0f7f5a3c1e01";

const MOVE = {
  server: SERVER,
  resource_id: "c2f0a1d4-77aa-4d1b-9b1e-6f2f6d0b9e31",
  stack_id: "7f0c2a4e-3f5b-4c55-9d0a-6b1c2f8e9a10",
  from: "cmp-r05-011",
  to: "cmp-r05-014",
  live: true,
  memory_mb: 4096,
  step: 0,
};

const STAYING = {
  server: "8a1e9d52-3f5e-4a0b-b0a2-7d54b0b2c913",
  host: "cmp-r05-011",
  reason: "it is not held by Valet",
};

const MOVES = {
  count: 1,
  least: 1,
  waves: [[MOVE]],
  staying: [STAYING],
  emptied: [],
  steps: 2412,
  ended_by: "answer",
};

const PLACEMENT = {
  id: "b3f6a0de-91c4-4e0c-8f3e-5c2d7720aa15",
  name: "edge_a",
  orchestration_id: SERVER,
  resource_id: MOVE.resource_id,
  location: MOVE.to,
  reserved: false,
  plan_id: "15905c70-800f-4056-b015-a1db2423f12e",
  metadata: {},
};

const NO_ANSWER = [500, "Ostro error: Timed out waiting for a response."] as const;

/** Beside the contract: plans and changes nothing. */
export const movesResource = resource({
  path: "/v1/moves",
  tag: "moves",
  kind: "migrate",
  reads: true,
  find: () => null,
  methods: [withBody<null, PlanMovesBody>("POST", {
    summary: "Plan moves that empty hosts, replace lost ones or take one server away (admin)",
    repeatable: true,
    body: { schema: planMovesSchema, example: { goal: { drain: { hosts: ["cmp-r05-011"] } } } },
    success: {
      status: 200,
      description: "The moves, wave by wave, and who stays and why",
      schema: movesSchema,
      example: { moves: MOVES },
    },
    errors: [
      [400, "-> goal -> {} did not pass validation against callable: goal_type (must be one of …)"],
      [404, 'Valet error: host "cmp-r05-099" is not known'],
      NO_ANSWER,
    ],
    handle: async (ctx, _access, { body }) => {
      const plan = await planMoves(ctx, { goal: goalOf(body.goal), perHost: body.moves_per_host });
      return plan instanceof Problem ? plan : ok({ moves: presentMoves(plan) });
    },
  })],
});

export const appliedMovesResource = resource({
  path: "/v1/moves/apply",
  tag: "moves",
  kind: "migrate",
  find: () => null,
  methods: [withBody<null, ApplyMovesBody>("POST", {
    summary: "Hold the new hosts of one wave of moves, all or none, beside the old ones (admin)",
    body: { schema: applyMovesSchema, example: { wave: [MOVE] } },
    success: {
      status: 200,
      description: "The placements of the moved servers; each is to be reserved at its new host",
      schema: placementListSchema,
      example: { placements: [PLACEMENT] },
    },
    errors: [
      [400, `-> wave has server ${SERVER} twice`],
      [404, `Valet error: server "${SERVER}" is not known`],
      [409, `Valet error: server ${SERVER} can't be moved now: it is not on cmp-r05-011`],
      NO_ANSWER,
    ],
    handle: async (ctx, _access, { body }) => {
      const moves = body.wave.map(({ server, from, to, live = true }) => ({
        serverId: server,
        from,
        to,
        live,
      }));
      const placements = await applyMoves(ctx, moves);
      return placements instanceof Problem
        ? placements
        : ok({ placements: placements.map(presentPlacement) });
    },
  })],
});

function goalOf({ drain, failed, consolidate, move }: PlanMovesBody["goal"]): MoveGoal {
  if (drain) return { kind: "drain", choice: drain as HostChoice };
  if (failed) return { kind: "failed", choice: failed as HostChoice };
  if (consolidate) return { kind: "consolidate", hosts: consolidate.hosts };
  return { kind: "move", serverId: move!.server };
}
