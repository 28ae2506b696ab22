/** The levels of the topology, narrowest first; a group binds its members at one of them. */
export const LEVELS = ["host", "rack", "cluster"] as const;

export type Level = (typeof LEVELS)[number];

export function isLevel(value: unknown): value is Level {
  return LEVELS.includes(value as Level);
}

/** Position of a level from the narrowest: host 0, rack 1, cluster 2. */
export function rankOf(level: Level): number {
  return LEVELS.indexOf(level);
}
