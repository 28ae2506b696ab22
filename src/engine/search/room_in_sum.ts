import { DIMENSIONS, NOWHERE } from "../model/site.ts";
import type { State } from "./state.ts";

/** Whether all hosts together have the room that the unplaced nodes need; without it there is no answer. */
export function hasRoomInSum({ occupancy, hostOf, nodes }: State): boolean {
  for (let dimension = 0; dimension < DIMENSIONS; dimension++) {
    let room = 0;
    for (const free of occupancy.free[dimension]) room += Math.max(0, free);
    for (const { index, need, counted } of nodes) {
      if (hostOf[index] !== NOWHERE) continue;
      room -= need[dimension] - Math.max(0, ...counted.map(({ relief }) => relief[dimension]));
    }
    if (room < 0) return false;
  }
  return true;
}
