import { badResource, isObject, type RawResource } from "./raw_resources.ts";
import type { Problem } from "./problem.ts";

/** A pipe as its resource spells it. */
export interface PipeForm {
  readonly kind: "pipe";
  readonly id: string;
  /** Ids or names of what it connects. */
  readonly ends: readonly string[];
  readonly kbps: number;
}

export const PIPE_TYPE = "ATT::Valet::Pipe";

/** kbit/s of one unit. */
const UNITS: Readonly<Record<string, number>> = { bps: 0.001, kbps: 1, mbps: 1000, gbps: 1_000_000 };

/** Far beyond any link, and small enough for sums to stay exact. */
const MOST_KBPS = 1e12;

/** As parameters of a template spell a number. */
const DECIMAL = /^\d+(\.\d+)?$/;

/** Binary fractions go wrong in the last of their 17 digits: 2.007 Mbps are not 2008 kbit/s. */
const EXACT_DIGITS = 15;

/** What placement reads of a pipe: `min` is reserved; `max`, tolerance and access type are taken note of by nobody. */
export function readPipe({ id, properties }: RawResource): PipeForm | Problem {
  if (!isObject(properties)) return badResource(id, "properties must be an object");
  const { resources: ends, bandwidth } = properties;
  const isList = Array.isArray(ends) && ends.length >= 1 && ends.length <= 2;
  if (!isList || !ends.every((end) => typeof end === "string")) {
    return badResource(id, "properties.resources must be an array of one or two strings");
  }
  if (!isObject(bandwidth)) return badResource(id, "properties.bandwidth must be an object");
  const unit = typeof bandwidth.units === "string" ? UNITS[bandwidth.units.toLowerCase()] : undefined;
  if (unit === undefined) {
    return badResource(id, "properties.bandwidth.units must be one of bps, Kbps, Mbps, Gbps");
  }
  const { min } = bandwidth;
  const amount = typeof min === "string" && DECIMAL.test(min) ? Number(min) : min;
  if (typeof amount !== "number" || !(amount >= 0) || amount * unit > MOST_KBPS) {
    return badResource(id, "properties.bandwidth.min must be a number from 0 to 1,000,000 Gbps");
  }
  return { kind: "pipe", id, ends, kbps: Math.ceil(Number((amount * unit).toPrecision(EXACT_DIGITS))) };
}
