import type { Constraint } from "./constraint.ts";

/** The name of a trait, and what is wanted of it: `required`, `forbidden`, or a value that nothing meets. */
export type TraitSpec = readonly [name: string, wanted: string];

/** Nova's keys: `trait:NAME`, and with the name of a request group `trait1:NAME` (nova/scheduler/utils.py). */
const KEY = /^trait[\w-]{0,64}:(.+)$/;

/** A host has every trait that a flavor requires and none that it forbids. */
export const traits: Constraint = {
  name: "traits",
  admits: (node, host, site) =>
    node.traits.every(([name, wanted]) => {
      const present = site.hosts[host].traits?.includes(name) ?? false;
      return present ? wanted === "required" : wanted === "forbidden";
    }),
};

/** The extra specs of a flavor that speak of traits. */
export function traitSpecs(extraSpecs: Readonly<Record<string, string>>): TraitSpec[] {
  return Object.entries(extraSpecs).flatMap(([key, wanted]): TraitSpec[] => {
    const name = KEY.exec(key)?.[1];
    return name === undefined ? [] : [[name, wanted]];
  });
}
