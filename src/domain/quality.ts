/** What an operator wants answers to be good at; each orders the criteria in its own way. */
export const PROFILES = ["pack", "bandwidth", "spread"] as const;

export type Profile = (typeof PROFILES)[number];

/**
 * What an answer is judged by; of each, less is better.
 *
 * - `soft`: servers that break soft rules, times the rules' weights
 * - `moves`: servers that left the host where they stood
 * - `woken_hosts`: hosts without any server that got one
 * - `bandwidth`: kbit/s of pipes times the links between their ends
 * - `uplink_load`: the fullest uplink of a rack that the answer uses, in thousandths of its limit
 * - `rack_servers`, `host_servers`: the most servers of the application in one rack, on one host
 * - `stranded`: per host that the answer uses, how far apart the free shares of its resources are, in thousandths
 */
export type Criterion =
  | "soft"
  | "moves"
  | "woken_hosts"
  | "bandwidth"
  | "uplink_load"
  | "rack_servers"
  | "host_servers"
  | "stranded";

/** The criteria of each profile, the most important first; a later one only decides among equals in those before it. */
export const CRITERIA: Readonly<Record<Profile, readonly Criterion[]>> = {
  pack: ["soft", "moves", "woken_hosts", "bandwidth", "stranded"],
  bandwidth: ["soft", "moves", "bandwidth", "uplink_load", "woken_hosts"],
  spread: ["soft", "moves", "rack_servers", "host_servers", "bandwidth"],
};

/** How good an answer is, and how good any answer could be. */
export interface Quality {
  readonly profile: Profile;
  /** In the order of importance: the answer's value, and a bound that no answer can be below. */
  readonly criteria: readonly {
    readonly criterion: Criterion;
    readonly value: number;
    readonly bound: number;
  }[];
  /** (value − bound) / max(bound, 1) of the first criterion that is above its bound; 0 when none is. */
  readonly gap: number;
  /** Whether no answer can be better, but perhaps in `stranded`. */
  readonly optimal: boolean;
}
