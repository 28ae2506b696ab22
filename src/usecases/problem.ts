import type { Refusal } from "../domain/refusal.ts";

/** What can be wrong with a request that is well formed; `src/http/errors.ts` gives each its status and text. */
export type ProblemDetail =
  | { readonly symbol: "group_not_found" }
  | { readonly symbol: "group_name_taken"; readonly name: string }
  | { readonly symbol: "group_not_stored" }
  | { readonly symbol: "group_has_members" }
  | { readonly symbol: "members_unknown" }
  | { readonly symbol: "member_not_found" }
  | {
    readonly symbol: "member_has_servers";
    readonly member: string;
    readonly group: string;
    readonly servers: readonly string[];
  }
  | { readonly symbol: "plan_not_found" }
  | { readonly symbol: "placement_not_found" }
  | { readonly symbol: "id_in_use"; readonly id: string }
  | { readonly symbol: "too_many_plans" }
  | { readonly symbol: "unauthorized" }
  /** A rule of the request's body that its schema can't see; `explanation` is the contract's whole text. */
  | { readonly symbol: "bad_request"; readonly explanation: string }
  /** The `Valet error: …` family: `text` is what follows the prefix. */
  | { readonly symbol: "valet_error"; readonly status: 400 | 404 | 409; readonly text: string }
  /** The optimizer looked and said no. */
  | { readonly symbol: "optimizer_refused"; readonly refusal: Refusal }
  /** The `Ostro error: …` family without a refusal: time-out, malformed or incomplete answer. */
  | { readonly symbol: "optimizer_failed"; readonly text: string };

/** A refusal of a use case, returned as a value: `if (plan instanceof Problem) return plan;`. */
export class Problem {
  constructor(readonly detail: ProblemDetail) {}
}
