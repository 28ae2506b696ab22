import type { UseCaseContext } from "./context.ts";
import { groupLock, serverLock, stackLock } from "./lock_keys.ts";
import { Problem } from "./problem.ts";
import type { ReadApplication } from "./read_application.ts";

export interface WithResourcesOptions {
  readonly stackId: string;
  readonly read: ReadApplication;
  /** Reads the same resources once more. */
  readonly again: () => Promise<ReadApplication | Problem>;
}

/**
 * Runs `work` while nothing else happens to a stack and to the servers that it wants, and while nobody leaves the
 * groups that it relies on.
 */
export function withResources<T>(
  { locks }: UseCaseContext,
  { stackId, read, again }: WithResourcesOptions,
  work: (read: ReadApplication) => Promise<T>,
): Promise<T | Problem> {
  const { application: { servers }, groupIds } = read;
  const exclusive = [stackLock(stackId), ...servers.map(({ id }) => serverLock(id))];
  return locks.all({ exclusive, shared: groupIds.map(groupLock) }, async () => {
    if (groupIds.length === 0) return await work(read);
    // Somebody may have left before the locks were taken.
    const current = await again();
    return current instanceof Problem ? current : await work(current);
  });
}
