/**
 * The levels of the topology, narrowest first; a group binds its members at one of them. A site's tree has those that
 * its inventory names resources of; above `cluster`, which others call a pod, is the room.
 */
export const LEVELS = ["host", "rack", "cluster", "room"] as const;

export type Level = (typeof LEVELS)[number];

export function isLevel(value: unknown): value is Level {
  return LEVELS.includes(value as Level);
}

/** Position of a level from the narrowest: host 0, rack 1, cluster 2, room 3. */
export function rankOf(level: Level): number {
  return LEVELS.indexOf(level);
}
