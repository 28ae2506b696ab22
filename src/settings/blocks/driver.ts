import type { Findings } from "../findings.ts";

/**
 * The driver that a block names, or `assumed` when it names none; null after an error, when it is none of `known` or
 * `raw` is no block.
 */
export function driverOf<const T extends string>(
  raw: unknown,
  { path, findings, known, assumed }: {
    path: string;
    findings: Findings;
    known: readonly T[];
    assumed: T;
  },
): T | null {
  const drivers = known.map((name) => `'${name}'`).join(", ");
  if (raw === undefined) return assumed;
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
    findings.error(path, `Wanted a block with a driver of ${drivers}`);
    return null;
  }
  const driver = (raw as { driver?: unknown }).driver ?? assumed;
  const found = known.find((name) => name === driver);
  if (found === undefined) findings.error(`${path}.driver`, `Wanted one of ${drivers}`);
  return found ?? null;
}
