import type { DataCenter } from "./data_center.ts";
import { type Level, LEVELS } from "./levels.ts";

/** How racks are read from host names. */
export interface NamingConvention {
  /** Characters of the region before its digits. */
  readonly regionChars: number;
  readonly rackCodes: readonly string[];
  readonly nodeCodes: readonly string[];
}

/**
 * A function from a host's name to its rack, or to null for a name outside the convention.
 *
 * A name is region, rack, node, and optionally a dot and a domain. The region is `regionChars` characters and digits,
 * rack and node are one of their codes and digits. The rack's name is region and rack together, so that racks of
 * different regions differ. Codes are case-sensitive.
 */
export function rackReader(convention: NamingConvention): (hostName: string) => string | null {
  const { regionChars, rackCodes, nodeCodes } = convention;
  const region = `.{${regionChars}}\\d+`;
  const name = new RegExp(`^(${region}${oneOf(rackCodes)}\\d+)${oneOf(nodeCodes)}\\d+(?:\\..*)?$`, "su");
  return (hostName) => name.exec(hostName)?.[1] ?? null;
}

function oneOf(codes: readonly string[]): string {
  return `(?:${codes.map((code) => RegExp.escape(code)).join("|")})`;
}

/** The levels at which a site knows its hosts apart; `host` is always one. */
export function levelsOf({ hosts }: DataCenter): readonly Level[] {
  const present: Readonly<Record<Level, boolean>> = {
    host: true,
    rack: hosts.some(({ rack }) => rack !== null),
    cluster: hosts.some(({ cluster }) => cluster !== null),
    room: hosts.some(({ room = null }) => room !== null),
  };
  return LEVELS.filter((level) => present[level]);
}
