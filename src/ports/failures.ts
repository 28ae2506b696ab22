/**
 * The three ways in which the outside fails. Adapters translate their driver's errors into these;
 * any other exception out of an adapter is a bug.
 */
export abstract class OutsideFailure extends Error {
  /** `part` names the dependency for the log and for readiness: "store", "identity", "optimizer", "inventory". */
  constructor(readonly part: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Nothing happened, and the same call may succeed later. */
export class Unavailable extends OutsideFailure {
  constructor(part: string, message: string, readonly retryAfterMs = 1000, options?: ErrorOptions) {
    super(part, message, options);
  }
}

/** The call may have taken effect: read before repeating it. */
export class OutcomeUnknown extends OutsideFailure {}

/** The call can't succeed however often it is repeated. */
export class Rejected extends OutsideFailure {}

/** The optimizer gave no answer before the caller's deadline; whatever it decides later is undone. */
export class DeadlineExceeded extends OutsideFailure {}
