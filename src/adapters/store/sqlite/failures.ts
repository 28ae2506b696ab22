import { OutcomeUnknown, OutsideFailure, Rejected, Unavailable } from "../../../ports/failures.ts";

const PART = "store";

/** Another process works on the file; it may be opened again once that one has ended. */
export class StoreLocked extends Unavailable {
  constructor(path: string, options?: ErrorOptions) {
    super(PART, `The store's file '${path}' is in use by another process`, undefined, options);
  }
}

/** The file was written by a newer release, whose rows this program may not understand. */
export class StoreTooNew extends Rejected {
  constructor(path: string, versions: { readonly found: number; readonly known: number }) {
    super(
      PART,
      `The store's file '${path}' has schema version ${versions.found}, wanted ${versions.known} at most`,
    );
  }
}

/** Primary result codes of SQLite (sqlite.org/rescode.html) under which nothing was changed and a repetition may help. */
const PASSING: ReadonlyMap<number, string> = new Map([
  [3, "The store's file may not be read or written"],
  [5, "The store's file is locked"],
  [6, "The store's file is locked"],
  [7, "The store has no memory left"],
  [8, "The store's file may not be written"],
  [10, "The store's file can't be read or written"],
  [13, "The store's disk is full"],
  [14, "The store's file can't be opened"],
  [15, "The store's file is locked"],
]);

const BUSY = 5;
const DAMAGED: ReadonlySet<number> = new Set([11, 26]);
/** I/O error and full disk: the end of a batch may have reached the disk although writing it failed. */
const HALF_WRITTEN: ReadonlySet<number> = new Set([10, 13]);

function primaryCode(error: unknown): number | null {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return null;
  return error.errcode & 0xff;
}

/** What an error of the driver means for the caller; anything that is not the driver's is a bug and stays as it is. */
export function storeFailure(error: unknown): unknown {
  const code = primaryCode(error);
  if (code === null) return error;
  if (DAMAGED.has(code)) {
    return new Rejected(PART, "The store's file is damaged or not a SQLite database", { cause: error });
  }
  const reason = PASSING.get(code);
  if (reason !== undefined) return new Unavailable(PART, reason, undefined, { cause: error });
  return new Error("The store refused a row that breaks one of its rules", { cause: error });
}

/** The same for an error of COMMIT itself. */
export function commitFailure(error: unknown): unknown {
  const code = primaryCode(error);
  if (code === null || !HALF_WRITTEN.has(code)) return storeFailure(error);
  const reason = `The store failed while it made a change durable: ${PASSING.get(code)}`;
  return new OutcomeUnknown(PART, reason, { cause: error });
}

/** What an error means that came while the file was being opened; the text names the file. */
export function openFailure(error: unknown, path: string): unknown {
  if (error instanceof OutsideFailure || !isOutside(error)) return error;
  if (primaryCode(error) === BUSY) return new StoreLocked(path, { cause: error });
  const failure = storeFailure(error);
  const cause = { cause: error };
  if (failure instanceof Rejected) return new Rejected(PART, `${failure.message}: '${path}'`, cause);
  // What is not SQLite's own is the system's, whose words are about this very file.
  const said = failure instanceof Unavailable ? "" : `: ${(error as Error).message}`;
  const text = failure instanceof Unavailable ? failure.message : "The store's file can't be opened";
  return new Unavailable(PART, `${text}: '${path}'${said}`, undefined, cause);
}

/** Errors of the system and of the driver carry a code; those of the program don't. */
function isOutside(error: unknown): boolean {
  return error instanceof Error && "code" in error;
}

export function storeClosed(): Unavailable {
  return new Unavailable(PART, "The store is closed");
}

export function tooManyWrites(limit: number): Unavailable {
  return new Unavailable(PART, `The store has ${limit} changes waiting, wanted fewer`);
}
