import type {
  ExplainQuestion,
  Explanation,
  FoundQuality,
  HostVerdict,
  ServerOutlook,
} from "../../domain/explanation.ts";
import type { PlacementRequest } from "../../domain/placement_request.ts";
import { conflictOf, Trials } from "./conflict.ts";
import { relaxationsOf } from "./relaxations.ts";

/** Requests that may be solved for one explanation. */
const MOST_TRIALS = 240;

/** What an explanation asks of the engine; nothing of it books anything. */
export interface Oracle {
  /** Whether the explanation has taken as long as it may. */
  readonly timeIsUp: () => boolean;
  /** The quality of an answer, or whether its absence is proven. */
  readonly solve: (request: PlacementRequest) => FoundQuality | { readonly proven: boolean };
  /** What each server of the request could have by itself. */
  outlooks(request: PlacementRequest): readonly ServerOutlook[];
  /** Constraints that a host breaks for a server that is placed by itself. */
  broken(
    request: PlacementRequest,
    at: { readonly serverId: string; readonly host: string },
  ): readonly string[];
}

/** Says what would become of a request and why. */
export function explain(request: PlacementRequest, oracle: Oracle, { about }: ExplainQuestion): Explanation {
  const trials = trialsOf(oracle);
  const answer = oracle.solve(request);
  const placeable = "profile" in answer;
  const { conflict, minimal } = placeable ? { conflict: [], minimal: true } : conflictOf(request, trials);
  return {
    placeable,
    proven: placeable || answer.proven,
    quality: placeable ? answer : null,
    servers: oracle.outlooks(request),
    conflict,
    minimal,
    relaxations: relaxationsOf(request, conflict, trials),
    ...(about ? { host: verdictOn(request, oracle, about) } : {}),
  };
}

function trialsOf({ solve, timeIsUp }: Oracle): Trials {
  return new Trials((asked) => "profile" in solve(asked), { most: MOST_TRIALS, timeIsUp });
}

function verdictOn(
  request: PlacementRequest,
  oracle: Oracle,
  about: { readonly serverId: string; readonly host: string },
): HostVerdict {
  const { serverId, host } = about;
  const broken = oracle.broken(request, about);
  const servers = request.application.servers.map((spec) =>
    spec.id === serverId ? { ...spec, locations: [host] } : spec
  );
  const bound = { ...request, application: { ...request.application, servers } };
  const answer = oracle.solve(bound);
  const possible = "profile" in answer;
  const trials = trialsOf(oracle);
  return {
    ...about,
    broken,
    possible,
    quality: possible ? answer : null,
    conflict: possible || broken.length > 0
      ? []
      : conflictOf(bound, trials).conflict.filter(({ kind, id }) => kind !== "hosts" || id !== serverId),
  };
}
