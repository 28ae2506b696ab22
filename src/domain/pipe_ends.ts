import type { Application } from "./application.ts";
import type { PipeEnd } from "./holding.ts";

/** The pipes of each server that has any; each pipe is there at both of its ends. */
export function pipeEndsOf({ pipes = [] }: Application): ReadonlyMap<string, readonly PipeEnd[]> {
  const ends = new Map<string, PipeEnd[]>();
  const add = (serverId: string, end: PipeEnd) => {
    const known = ends.get(serverId);
    if (known) known.push(end);
    else ends.set(serverId, [end]);
  };
  for (const { servers: [one, other], kbps } of pipes) {
    add(one, { peerId: other, kbps });
    add(other, { peerId: one, kbps });
  }
  return ends;
}
