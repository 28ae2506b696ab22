import { Problem } from "../usecases/problem.ts";
import { echo } from "../usecases/raw_resources.ts";

/** A parameter of a query, as OpenAPI describes it. */
export interface QueryParameter {
  readonly name: string;
  readonly description: string;
  readonly schema: object;
  readonly style?: "form";
  readonly explode?: boolean;
}

export const DRY_RUN: QueryParameter = {
  name: "dry_run",
  description: "`true` only asks: the answer is the same, but nothing is stored and nothing held",
  schema: { type: "boolean", default: false },
};

/** The last value of a flag; false when it is not there. */
export function flagOf(query: string, name: string): boolean | Problem {
  const value = new URLSearchParams(query).getAll(name).at(-1) ?? "false";
  if (value === "true" || value === "false") return value === "true";
  const wanted = "did not pass validation against callable: boolean (must be true or false)";
  return new Problem({ symbol: "bad_request", explanation: `-> ${name} -> ${echo(value)} ${wanted}` });
}
