import type { ServerSpec } from "../domain/application.ts";
import type { Access } from "./access.ts";
import { Problem } from "./problem.ts";
import {
  badResource,
  isObject,
  isText,
  isTexts,
  type JsonObject,
  type RawResource,
  TEXT_RULE,
} from "./raw_resources.ts";

/** A server as its resource spells it. */
export interface ServerForm {
  readonly kind: "server";
  readonly spec: ServerSpec;
  /** Ids or names of the stored groups that its own metadata lists. */
  readonly groups: readonly string[];
  /** Id or name of the group that its scheduler hints name; null without one. */
  readonly hintedGroup: string | null;
  /** Kept hints. */
  readonly hints: JsonObject;
}

/** Scheduler hints of Heat that are kept with a placement, for the search of placements. */
const KEPT_HINTS = [
  "heat_root_stack_id",
  "heat_stack_id",
  "heat_stack_name",
  "heat_path_in_stack",
  "heat_resource_name",
  "heat_resource_uuid",
];

/** What placement reads of an `OS::Nova::Server`. */
export function readServer({ id, name, ...resource }: RawResource, access: Access): ServerForm | Problem {
  const { properties = {}, metadata, locations = null } = resource;
  if (!isObject(properties)) return badResource(id, "properties must be an object");
  const { flavor } = properties;
  if (typeof flavor !== "number" && typeof flavor !== "string" || flavor === "") {
    return badResource(id, "properties.flavor must be a string or a number");
  }
  if (!isText(String(flavor))) return badResource(id, `properties.flavor must be ${TEXT_RULE}`);
  const target = readZone(id, properties.availability_zone, access);
  if (target instanceof Problem) return target;
  if (locations !== null && !isTexts(locations)) {
    return badResource(id, "locations must be an array of host names");
  }
  const groups = readGroups(properties);
  if (groups === null) {
    return badResource(id, "wrong valet metadata format, groups must be an array of group ids or names");
  }
  const spec: ServerSpec = {
    id,
    name,
    flavor: String(flavor),
    ...target,
    locations: locations?.length ? locations : null,
  };
  const hints = isObject(metadata) ? keptHints(metadata) : {};
  return { kind: "server", spec, groups, hintedGroup: hintedGroup(properties), hints };
}

/** `scheduler_hints.group`; a hint of any other form is Nova's business. */
function hintedGroup({ scheduler_hints: hints }: JsonObject): string | null {
  return isObject(hints) && typeof hints.group === "string" ? hints.group : null;
}

/** Reads `zone`, `zone:host` or `zone:host:node`. */
function readZone(
  id: string,
  value: unknown,
  { admin }: Access,
): Pick<ServerSpec, "zone" | "forcedHost"> | Problem {
  if (value === undefined || value === null || value === "") return { zone: null, forcedHost: null };
  if (typeof value !== "string") return badResource(id, "properties.availability_zone must be a string");
  if (!isText(value)) return badResource(id, `properties.availability_zone must be ${TEXT_RULE}`);
  const [zone, host = ""] = value.split(":");
  if (host !== "" && !admin) {
    return badResource(id, "properties.availability_zone may name a host only with an admin's token");
  }
  return { zone: zone || null, forcedHost: host || null };
}

/** `metadata.valet.groups`; null for anything but texts. */
function readGroups({ metadata }: JsonObject): readonly string[] | null {
  const valet = isObject(metadata) ? metadata.valet : undefined;
  if (valet === undefined || valet === null) return [];
  const groups = isObject(valet) ? valet.groups ?? [] : null;
  return isTexts(groups) ? groups : null;
}

function keptHints(metadata: JsonObject): JsonObject {
  const kept = KEPT_HINTS.filter((key) => Object.hasOwn(metadata, key));
  return Object.fromEntries(kept.map((key) => [key, metadata[key]]));
}
