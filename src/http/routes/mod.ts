import type { Resource } from "../resource.ts";
import { explainResource } from "./explain.ts";
import { groupResource, groupsResource, memberResource, membersResource } from "./groups.ts";
import { appliedMovesResource, movesResource } from "./moves.ts";
import { placementResource, placementsResource } from "./placements.ts";
import { planResource, plansResource } from "./plans.ts";
import { rootResource, versionResource } from "./root.ts";
import { resourcesResource, statusResource } from "./status.ts";

/** The route table of the contract: routing, `Allow`, documentation and the tests of access follow from it. */
export const RESOURCES: readonly Resource[] = [
  rootResource,
  versionResource,
  groupsResource,
  groupResource,
  membersResource,
  memberResource,
  placementsResource,
  placementResource,
  plansResource,
  planResource,
  explainResource,
  movesResource,
  appliedMovesResource,
  statusResource,
  resourcesResource,
];
