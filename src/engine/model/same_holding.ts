import type { GroupMembership } from "../../domain/group.ts";
import type { Holding, PipeEnd } from "../../domain/holding.ts";

/** Whether two holdings of one server say the same. */
export function isSameHolding(one: Holding, other: Holding): boolean {
  return one.stackId === other.stackId && one.resourceId === other.resourceId && one.host === other.host &&
    one.origin === other.origin && one.flavor === other.flavor && one.expiresAtMs === other.expiresAtMs &&
    one.demand.milliVcpu === other.demand.milliVcpu && one.demand.memoryMib === other.demand.memoryMib &&
    one.demand.diskMib === other.demand.diskMib && areSame(one.groups, other.groups, isSameMembership) &&
    areSame(one.pipes ?? [], other.pipes ?? [], isSamePipe);
}

function areSame<T>(
  some: readonly T[],
  others: readonly T[],
  isSame: (one: T, other: T) => boolean,
): boolean {
  return some.length === others.length && some.every((one, index) => isSame(one, others[index]));
}

function isSameMembership(one: GroupMembership, other: GroupMembership): boolean {
  return one.groupId === other.groupId && one.name === other.name && one.type === other.type &&
    one.level === other.level && one.unit === other.unit;
}

function isSamePipe(one: PipeEnd, other: PipeEnd): boolean {
  return one.peerId === other.peerId && one.kbps === other.kbps;
}
