import { OutcomeUnknown, Unavailable } from "../ports/failures.ts";

/**
 * Runs a write, and reads what became of it when its outcome is lost. Throws `Unavailable` when nothing was written,
 * `OutcomeUnknown` when that can't be read either.
 */
export async function surely<T>(write: () => Promise<T>, written: () => Promise<T | null>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof OutcomeUnknown)) throw error;
    const found = await written().catch((cause) => {
      throw new OutcomeUnknown(error.part, error.message, { cause });
    });
    if (found === null) throw new Unavailable(error.part, error.message, undefined, { cause: error });
    return found;
  }
}
