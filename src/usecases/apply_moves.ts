import type { WantedMove } from "../domain/moves.ts";
import type { PlacementRequest, ServerDirective } from "../domain/placement_request.ts";
import type { Placement, PlanWithPlacements } from "../domain/plan.ts";
import type { UseCaseContext } from "./context.ts";
import { decide } from "./decide.ts";
import { stackLock } from "./lock_keys.ts";
import { fallenBack, hasExpired, type Moment, momentOf, renewed } from "./moment.ts";
import { planMoves } from "./plan_moves.ts";
import { placedApplication, placedAt, standingOf } from "./plan_rows.ts";
import { changedRows, writeRowsOfPlans } from "./plan_writes.ts";
import { Problem } from "./problem.ts";

/**
 * Holds the new hosts of one wave of moves, all of them or none, beside the old ones: each until its server is
 * reserved at the new host, or the hold ends. The moved servers as they are stored then, in the order of the moves.
 */
export async function applyMoves(
  ctx: UseCaseContext,
  moves: readonly WantedMove[],
): Promise<readonly Placement[] | Problem> {
  const { resourcesPerPlan } = ctx.limits;
  if (moves.length > resourcesPerPlan) {
    return bad(`-> wave has ${moves.length} moves, wanted at most ${resourcesPerPlan}`);
  }
  const ids = moves.map(({ serverId }) => serverId);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) return bad(`-> wave has server ${twice} twice`);
  const planIds = await plansOf(ctx, ids);
  if (planIds instanceof Problem) return planIds;
  const plans = await storedPlans(ctx, planIds);
  const exclusive = plans.map(({ plan }) => stackLock(plan.stackId));
  return await ctx.locks.all({ exclusive }, async () => {
    const parts = await partsOf(ctx, { planIds, moves });
    if (parts instanceof Problem) return parts;
    const staying = await stayingOf(ctx, moves);
    if (staying) return staying;
    const moved = await book(ctx, parts);
    if (moved instanceof Problem) return moved;
    const rows = new Map(
      moved.flatMap(({ placements }) => placements).map((row) => [row.orchestrationId, row]),
    );
    return ids.map((id) => rows.get(id)!);
  });
}

/** The moves within one plan. */
interface Part {
  readonly stored: PlanWithPlacements;
  /** Its rows as they are at this moment. */
  readonly before: readonly Placement[];
  readonly moves: ReadonlyMap<string, WantedMove>;
  readonly moment: Moment;
}

async function plansOf({ store }: UseCaseContext, ids: readonly string[]): Promise<string[] | Problem> {
  const found = await store.plansOfServers(ids);
  const unknown = ids.find((id) => !found.has(id));
  return unknown === undefined ? [...new Set(found.values())] : unknownServer(unknown);
}

async function storedPlans(
  { store }: UseCaseContext,
  planIds: readonly string[],
): Promise<PlanWithPlacements[]> {
  const found: PlanWithPlacements[] = [];
  for (const id of planIds) {
    const stored = await store.planById(id);
    if (stored) found.push(stored);
  }
  return found;
}

async function partsOf(
  ctx: UseCaseContext,
  { planIds, moves }: { planIds: readonly string[]; moves: readonly WantedMove[] },
): Promise<Part[] | Problem> {
  const moment = momentOf(ctx);
  const known = new Set<string>();
  const parts = (await storedPlans(ctx, planIds)).map((stored): Part => {
    const before = stored.placements.map((placement) => fallenBack(placement, moment));
    const own = moves.filter(({ serverId }) => before.some((row) => row.orchestrationId === serverId));
    for (const { serverId } of own) known.add(serverId);
    return { stored, before, moves: new Map(own.map((move) => [move.serverId, move])), moment };
  });
  const gone = moves.find(({ serverId }) => !known.has(serverId));
  return gone ? unknownServer(gone.serverId) : parts;
}

/** Why the moves can't be made now, together and in any order; null when they can. */
async function stayingOf(ctx: UseCaseContext, moves: readonly WantedMove[]): Promise<Problem | null> {
  const played = await planMoves(ctx, { goal: { kind: "wave", moves }, perHost: moves.length });
  if (played instanceof Problem) return played;
  if (played.staying.length === 0) return null;
  const [{ serverId, reason }] = played.staying;
  const text = `server ${serverId} can't be moved now: ${reason}`;
  return new Problem({ symbol: "valet_error", status: 409, text });
}

/** Books part after part, then writes all at once; what is booked is given back unless all of it is stored. */
function book(
  ctx: UseCaseContext,
  [part, ...others]: readonly Part[],
  decided: readonly { readonly stored: PlanWithPlacements; readonly rows: readonly Placement[] }[] = [],
): Promise<PlanWithPlacements[] | Problem> {
  if (!part) return writeRowsOfPlans(ctx, decided);
  return decide(ctx, requestOf(part), {
    action: "migrate",
    timeoutMs: null,
    dryRun: false,
    wanted: [...part.moves.keys()],
    store: (hosts) => {
      const { stored, before, moment } = part;
      const after = before.map((row) => {
        if (hasExpired(row, moment)) return row;
        const placed = part.moves.has(row.orchestrationId) && hosts.get(row.orchestrationId);
        return renewed(placed ? { ...placedAt(row, placed), reserved: false } : row, moment);
      });
      return book(ctx, others, [...decided, { stored, rows: changedRows(stored.placements, after) }]);
    },
  });
}

/** Servers whose hold has ended hold nothing, and are left out. */
function requestOf({ stored, before, moves, moment }: Part): PlacementRequest {
  const held = before.filter((row) => !hasExpired(row, moment));
  return {
    stackId: stored.plan.stackId,
    application: placedApplication({ plan: stored.plan, placements: held }),
    directives: held.map((row): ServerDirective => {
      const { orchestrationId: serverId } = row;
      const standing = standingOf(row, moment);
      const move = moves.get(serverId);
      if (!move) return { serverId, standing, stay: "must" };
      return { serverId, standing, stay: "free", allowedHosts: [move.to], gone: !move.live };
    }),
    keepOrigin: true,
    ...moment,
  };
}

function bad(explanation: string): Problem {
  return new Problem({ symbol: "bad_request", explanation });
}

function unknownServer(id: string): Problem {
  return new Problem({ symbol: "valet_error", status: 404, text: `server "${id}" is not known` });
}
