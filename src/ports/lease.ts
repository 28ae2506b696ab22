/** A process that decides for a site, or wants to. */
export interface Candidate {
  /** Of this process alone, and new with each start. */
  readonly process: string;
  /** The contract's `ip` and `id` of an engine. */
  readonly address: string;
  readonly priority: number;
}

export interface LeaseHolder extends Candidate {
  /** The number of its term: larger than those of all terms before. */
  readonly epoch: number;
  /** Whether it answers already; before that it reads what the term before has left. */
  readonly serving: boolean;
}

/**
 * Which of several processes decides. A lease ends by itself some time after it was renewed last, by the clocks of the
 * store's machines; whoever held it is kept from writing by the number of the next term, not by time.
 *
 * All methods throw `Unavailable`; those that write may throw `OutcomeUnknown` instead, and may be repeated.
 */
export interface Lease {
  /** Null while nobody holds it. */
  holder(): Promise<LeaseHolder | null>;
  /** Takes the lease when nobody holds it: the number of the new term. Null when somebody does. */
  acquire(): Promise<number | null>;
  /** Holds it on, and tells whether its holder serves; false when it is lost. */
  renew(epoch: number, options: { readonly serving: boolean }): Promise<boolean>;
  /** Gives it back at once, if it is this process's. */
  release(): Promise<void>;
}
