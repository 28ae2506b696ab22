import type { UseCaseContext } from "./context.ts";
import { groupLock } from "./members.ts";
import { Problem } from "./problem.ts";
import type { ReadApplication } from "./read_application.ts";

export interface GroupedOptions {
  readonly read: ReadApplication;
  /** Reads the same resources once more. */
  readonly again: () => Promise<ReadApplication | Problem>;
}

/**
 * Runs `work` while nobody leaves the groups that an application relies on. The locks are taken in the order of the
 * groups' ids, so that no two requests wait for each other.
 */
export async function withGroups<T>(
  { locks }: UseCaseContext,
  { read, again }: GroupedOptions,
  work: (read: ReadApplication) => Promise<T>,
): Promise<T | Problem> {
  const enter = async ([id, ...rest]: readonly string[]): Promise<T | Problem> => {
    if (id !== undefined) return await locks.shared(groupLock(id), () => enter(rest));
    // Somebody may have left before the locks were taken.
    const current = await again();
    return current instanceof Problem ? current : await work(current);
  };
  return await (read.groupIds.length === 0 ? work(read) : enter(read.groupIds));
}
