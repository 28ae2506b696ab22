import type { NodeRefusal, Refusal } from "../../domain/refusal.ts";

const CAPACITY = new Set(["cpu capacity", "memory capacity", "local disk capacity"]);

/** A refusal from the node that found no host; `placed` of `total` servers had one by then. */
export function refusalOf(
  node: NodeRefusal,
  { placed, total, proven }: { placed: number; total: number; proven: boolean },
): Refusal {
  return {
    message: messageOf(node, placed),
    sentence: sentenceOf(node, { placed, total }),
    proven,
    nodes: [node],
  };
}

/** A refusal of a search that the limits ended before any node was without a host. */
export function unfinished(steps: number): Refusal {
  const sentence = `the search came to its limit after ${steps} candidate hosts, before it had an answer`;
  return { message: "no available hosts", sentence, proven: false, nodes: [] };
}

/** The 2017 text: the rule that no host passes, where it is one of the site's and not of room. */
function messageOf(node: NodeRefusal, placed: number): string {
  const decisive = node.removed.at(-1);
  if (
    placed > 0 || decisive === undefined || node.removed.some(({ constraint }) => CAPACITY.has(constraint))
  ) {
    return "no available hosts";
  }
  return `violate ${decisive.constraint} constraint for node = ${node.name}`;
}

function sentenceOf(node: NodeRefusal, { placed, total }: { placed: number; total: number }): string {
  const others = node.serverIds.length > 1
    ? ` and ${node.serverIds.length - 1} more that it is bound to`
    : "";
  const counts = node.removed.map(({ constraint, hosts }) => `${constraint} rules out ${hosts}`);
  const before = placed > 0 ? `with ${placed} of ${total} servers placed, ` : "";
  return `${before}server "${node.name}"${others} fits none of ${node.hosts} hosts: ${counts.join(", ")}`;
}
