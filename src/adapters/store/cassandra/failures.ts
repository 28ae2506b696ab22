import cassandra from "cassandra-driver";
import { OutcomeUnknown, OutsideFailure, Rejected, Unavailable } from "../../../ports/failures.ts";

const PART = "store";

const { errors: { AuthenticationError, BusyConnectionError, NoHostAvailableError, ResponseError } } =
  cassandra;

/** Codes of CQL's native protocol (v4, section 9) under which a coordinator has done nothing. */
const UNDONE: ReadonlySet<number> = new Set([0x1000, 0x1001, 0x1002]);
const UNAUTHORIZED = 0x2100;
/** Unknown tables and columns are among it. */
const INVALID = 0x2200;
const UNPREPARED = 0x2500;

/** What an error of the driver means for who wanted to read; what is not the driver's is a bug and stays as it is. */
export function readFailure(error: unknown): unknown {
  if (error instanceof OutsideFailure || !isOutside(error)) return error;
  return refusedBySchema(error) ?? new Unavailable(PART, reasonOf(error), undefined, { cause: error });
}

/** The same for who wanted to write. */
export function writeFailure(error: unknown): unknown {
  if (error instanceof OutsideFailure || !isOutside(error)) return error;
  const refused = refusedBySchema(error);
  if (refused !== null) return refused;
  if (isUndone(error)) return new Unavailable(PART, reasonOf(error), undefined, { cause: error });
  return new OutcomeUnknown(PART, reasonOf(error), { cause: error });
}

/**
 * The same for a conditional write. A coordinator may find too few replicas after it has proposed the change, so that
 * only what was never sent is known not to have happened.
 */
export function conditionalFailure(error: unknown): unknown {
  const failure = writeFailure(error);
  const sent = error instanceof ResponseError ||
    innerErrors(error).some((inner) => inner instanceof ResponseError);
  if (!(failure instanceof Unavailable) || !sent) return failure;
  return new OutcomeUnknown(PART, failure.message, { cause: error });
}

export function storeClosed(): Unavailable {
  return new Unavailable(PART, "The store is closed");
}

export function notConnected(reason: string): Unavailable {
  return new Unavailable(PART, `Cassandra can't be reached: ${reason}`);
}

/** This process may not write: another one decides, or none does at the moment. */
export function notWriting(): Unavailable {
  return new Unavailable(PART, "Another process writes to the store, or none does yet");
}

/** What was asked to be written may or may not be in the ledger, so that no reading can be trusted until it is known. */
export function unsure(): Unavailable {
  return new Unavailable(PART, "The store does not know yet what became of its last changes");
}

export function tooManyWrites(limit: number): Unavailable {
  return new Unavailable(PART, `The store has ${limit} changes waiting, wanted fewer`);
}

export function damaged(what: string, cause?: unknown): Rejected {
  return new Rejected(PART, `The store's row of ${what} can't be read`, { cause });
}

/** One line that names a failed dependency and says what it answered; names no secret. */
export function reasonOf(error: unknown): string {
  const [inner] = innerErrors(error);
  if (inner !== undefined) return reasonOf(inner);
  if (error instanceof NoHostAvailableError) return "No host of Cassandra is available";
  if (error instanceof AuthenticationError) return "Cassandra refuses the user or the password";
  if (error instanceof ResponseError) return `Cassandra answered: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

function refusedBySchema(error: unknown): Unavailable | null {
  const code = codeOf(error);
  if (code === INVALID || code === UNPREPARED) {
    const reason = `${reasonOf(error)}; 'valet populate' makes what is missing`;
    return new Unavailable(PART, reason, undefined, { cause: error });
  }
  if (code === UNAUTHORIZED) {
    return new Unavailable(PART, `Cassandra does not allow it: ${(error as Error).message}`, undefined, {
      cause: error,
    });
  }
  return null;
}

function isUndone(error: unknown): boolean {
  if (error instanceof NoHostAvailableError) return innerErrors(error).every(isUndone);
  if (error instanceof AuthenticationError || error instanceof BusyConnectionError) return true;
  if (error instanceof ResponseError) return UNDONE.has(error.code);
  return (error as { code?: unknown }).code === "ECONNREFUSED";
}

function codeOf(error: unknown): number | null {
  return error instanceof ResponseError ? error.code : null;
}

function innerErrors(error: unknown): unknown[] {
  if (!(error instanceof NoHostAvailableError)) return [];
  return Object.values(error.innerErrors ?? {});
}

/** Whether an error comes from the driver or from the system below it. */
function isOutside(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error instanceof cassandra.errors.DriverError || error instanceof ResponseError || "code" in error ||
    "isSocketError" in error;
}
