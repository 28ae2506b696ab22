import type { ServerSpec } from "../domain/application.ts";
import type { Access } from "./access.ts";
import type { Problem } from "./problem.ts";
import { badResource, isObject, LONGEST_TEXT, type RawResource } from "./raw_resources.ts";

/** A server and the named groups that its own metadata lists. */
export interface ReadServer {
  readonly spec: ServerSpec;
  /** Ids or names of groups. */
  readonly groups: readonly string[];
}

/** What placement reads of an `OS::Nova::Server`. */
export function readServer(resource: RawResource, access: Access): ReadServer | Problem {
  const { id, name, properties } = resource;
  const flavor = properties.flavor;
  if (typeof flavor !== "string" && typeof flavor !== "number" || flavor === "") {
    return badResource(id, "properties.flavor must be a string or a number");
  }
  const target = readZone(properties.availability_zone);
  if (target === null) return badResource(id, "properties.availability_zone must be a string");
  if (target.host !== null && !access.admin) {
    return badResource(id, "properties.availability_zone may name a host only with an admin's token");
  }
  const locations = resource.locations ?? null;
  if (locations !== null && !isTexts(locations)) {
    return badResource(id, "locations must be an array of host names");
  }
  const groups = readGroups(resource);
  if (groups === null) {
    return badResource(id, "wrong valet metadata format, groups must be an array of group ids or names");
  }
  const spec: ServerSpec = {
    id,
    name,
    flavor: String(flavor),
    zone: target.zone,
    forcedHost: target.host,
    locations: locations !== null && locations.length > 0 ? locations : null,
  };
  return { spec, groups };
}

/** `zone`, `zone:host` or `zone:host:node`; null for anything but a string. */
function readZone(value: unknown): { zone: string | null; host: string | null } | null {
  if (value === undefined || value === null) return { zone: null, host: null };
  if (typeof value !== "string") return null;
  const [zone, host = ""] = value.split(":");
  return { zone: zone || null, host: host || null };
}

function readGroups({ properties: { metadata } }: RawResource): readonly string[] | null {
  const valet = isObject(metadata) ? metadata.valet : undefined;
  if (valet === undefined || valet === null) return [];
  const groups = isObject(valet) ? valet.groups ?? [] : null;
  return isTexts(groups) ? groups : null;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) &&
    value.every((item) => typeof item === "string" && item.length > 0 && item.length <= LONGEST_TEXT);
}
