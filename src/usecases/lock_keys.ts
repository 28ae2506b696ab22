/** Key of the lock that orders the operations of one stack. */
export function stackLock(stackId: string): string {
  return `stack:${stackId}`;
}

/** Key of the lock between stacks that want a server of the same orchestration id. */
export function serverLock(orchestrationId: string): string {
  return `server:${orchestrationId}`;
}

/** Key of the lock between plans that rely on a group's members and changes of the members. */
export function groupLock(groupId: string): string {
  return `group:${groupId}`;
}
