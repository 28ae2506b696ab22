import type { Case, Violation } from "./case.ts";

/** Every server is on a host that has the traits that its flavor requires and lacks those that it forbids. */
export function traits({ servers }: Case): Violation[] {
  return servers.filter(({ fixed }) => !fixed).flatMap(({ spec, flavor, host }) => {
    const offered = new Set(host.traits);
    return Object.entries(flavor?.extraSpecs ?? {}).flatMap(([key, wanted]): Violation[] => {
      const [prefix, ...rest] = key.split(":");
      const name = rest.join(":");
      if (!prefix.startsWith("trait") || /[^\w-]/.test(prefix) || name === "") return [];
      if (wanted === "required" && offered.has(name) || wanted === "forbidden" && !offered.has(name)) {
        return [];
      }
      const has = offered.has(name) ? "has" : "lacks";
      const text = `Host "${host.name}" ${has} trait "${name}", which is ${wanted} for "${spec.id}"`;
      return [{ rule: "traits", serverIds: [spec.id], text }];
    });
  });
}
