export interface Letter {
  /** From 1, without a gap. */
  readonly number: number;
  readonly text: string;
}

/**
 * Letters between the processes of one site. Each box has one writer, who numbers what is put in, and one reader. A
 * letter that nobody fetches goes away after some minutes.
 *
 * All methods throw `Unavailable`; those that write may throw `OutcomeUnknown` instead, and may be repeated.
 */
export interface Mail {
  /** Says that this process is there; it is forgotten some seconds after it did so last. */
  announce(): Promise<void>;
  /** Processes that are there, this one among them. */
  processes(): Promise<readonly string[]>;
  /** Puts a letter into a box, after the one before it was put. Idempotent. */
  put(box: string, letter: Letter): Promise<void>;
  /** Letters behind number `after`, in order; perhaps not all that are there. */
  read(box: string, after: number): Promise<readonly Letter[]>;
}
