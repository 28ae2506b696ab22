import type { CatalogService } from "./answers.ts";

export type Interface = "admin" | "internal" | "public";

/**
 * The base of Keystone's URLs, without version, that the catalog gives for an interface and a region; null without one.
 * A catalog may name the version with each endpoint or not.
 */
export function endpointOf(
  catalog: readonly CatalogService[],
  { interface: wanted, region }: { interface: Interface; region: string | null },
): string | null {
  const endpoints = catalog.filter(({ type }) => type === "identity").flatMap(({ endpoints }) => endpoints);
  const found = endpoints.find((endpoint) =>
    endpoint.interface === wanted &&
    (region === null || [endpoint.region, endpoint.region_id].includes(region)) &&
    /^https?:\/\//.test(endpoint.url) && URL.canParse(endpoint.url)
  );
  return found ? withoutVersion(found.url) : null;
}

function withoutVersion(url: string): string {
  return url.replace(/\/+$/, "").replace(/\/v(?:3|2\.0)$/, "");
}
