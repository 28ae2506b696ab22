import type { Application, Assignment } from "../../domain/application.ts";
import { rankOf } from "../../domain/levels.ts";

const SHORT_NAMES = { affinity: "AFF", diversity: "DIV", exclusivity: "EX" } as const;

/**
 * What is wrong with how assignments contain each other, in the words of the 2017 optimizer; null when nothing is.
 * Affinity may be inside any assignment, diversity and exclusivity only inside affinity, and no assignment is inside
 * one of a narrower level.
 */
export function nestingFault(application: Application): string | null {
  const assignments = new Map(application.assignments.map((assignment) => [assignment.id, assignment]));
  for (const parent of application.assignments) {
    for (const member of parent.members) {
      const child = assignments.get(member);
      const fault = child ? pairFault(parent, child) : null;
      if (fault !== null) return fault;
    }
  }
  return null;
}

function pairFault(parent: Assignment, child: Assignment): string | null {
  if (rankOf(child.level) > rankOf(parent.level)) {
    return "grouping scope: nested group's level is higher";
  }
  if (child.type === "affinity" || parent.type === "affinity") return null;
  const name = SHORT_NAMES[child.type];
  return parent.type === "diversity"
    ? `${name} not allowd to be nested in diversity group`
    : `${name}) not allowd to be nested in exclusivity group`;
}
