import type { Constraint } from "./constraint.ts";
import { satisfiesSpec } from "./extra_specs.ts";

const SCOPE = "aggregate_instance_extra_specs:";

type Texts = Readonly<Record<string, string>>;

/** A flavor's extra specs are met by the metadata of one aggregate of the host. */
export const hostAggregate: Constraint = {
  name: "host aggregate",
  admits: (node, host, site) =>
    node.extraSpecs.every((specs) =>
      site.aggregatesOf[host].some((aggregate) => satisfiesAll(site.aggregateMetadata[aggregate], specs))
    ),
};

/** The specs that aggregates must meet: unscoped ones and those of the aggregates' own scope, without the scope. */
export function aggregateSpecs(extraSpecs: Texts): Texts {
  const entries = Object.entries(extraSpecs)
    .filter(([key]) => key !== "valet" && (!key.includes(":") || key.startsWith(SCOPE)))
    .map(([key, value]) => [key.startsWith(SCOPE) ? key.slice(SCOPE.length) : key, value]);
  return Object.fromEntries(entries);
}

function satisfiesAll(metadata: Texts, specs: Texts): boolean {
  return Object.entries(specs).every(([key, wanted]) =>
    Object.hasOwn(metadata, key) &&
    metadata[key].split(",").some((offered) => satisfiesSpec(offered.trim(), wanted))
  );
}
