import type { Case, JudgedServer, Violation } from "./case.ts";

const PREFIX = "aggregate_instance_extra_specs:";

/** One aggregate of the host meets all extra specs of a server's flavor that concern aggregates. */
export function aggregates({ servers, dataCenter }: Case): Violation[] {
  return servers.filter(({ fixed }) => !fixed).flatMap((server): Violation[] => {
    const wanted = wantedOf(server);
    if (wanted.length === 0) return [];
    const met = dataCenter.aggregates
      .filter(({ hosts }) => hosts.includes(server.host.name))
      .some(({ metadata }) => wanted.every(([key, value]) => key in metadata && meets(metadata[key], value)));
    const text = `No aggregate of host "${server.host.name}" meets the flavor of server "${server.spec.id}"`;
    return met ? [] : [{ rule: "host aggregate", serverIds: [server.spec.id], text }];
  });
}

function wantedOf({ flavor }: JudgedServer): [string, string][] {
  const found: [string, string][] = [];
  for (const [key, value] of Object.entries(flavor?.extraSpecs ?? {})) {
    if (key.startsWith(PREFIX)) found.push([key.slice(PREFIX.length), value]);
    else if (!key.includes(":") && key !== "valet") found.push([key, value]);
  }
  return found;
}

function meets(offered: string, wanted: string): boolean {
  return offered.split(",").map((each) => each.trim()).some((each) => meetsOne(each, wanted));
}

const OPERATORS = "= == != >= <= s== s!= s< s<= s> s>= <in> <all-in> <or>".split(" ");

/** Nova's comparison of one metadata value with one extra spec. */
function meetsOne(offered: string, wanted: string): boolean {
  const [operator, first, ...more] = wanted.split(/\s+/).filter((word) => word !== "");
  if (!OPERATORS.includes(operator)) return offered === wanted;
  if (first === undefined) return false;
  const order = Math.sign(numberIn(offered) - numberIn(first));
  switch (operator) {
    case "=":
    case ">=":
      return order >= 0;
    case "<=":
      return order <= 0;
    case "==":
      return order === 0;
    case "!=":
      return order !== 0 && !Number.isNaN(order);
    case "s==":
      return offered === first;
    case "s!=":
      return offered !== first;
    case "s<":
      return offered < first;
    case "s<=":
      return offered <= first;
    case "s>":
      return offered > first;
    case "s>=":
      return offered >= first;
    case "<in>":
      return offered.includes(first);
    case "<all-in>":
      return [first, ...more].every((each) => offered.includes(each));
    case "<or>":
      return [first, ...more].filter((_, index) => index % 2 === 0).includes(offered);
    default:
      return false;
  }
}

/** NaN for what is no plain decimal number. */
function numberIn(text: string): number {
  return /^[-+.\de]+$/i.test(text) ? Number(text) : NaN;
}
