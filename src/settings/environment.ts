import process from "node:process";

/** What the surroundings of the process tell a configuration. */
export interface Environment {
  variable(name: string): string | undefined;
  /** Null where the system has no user ids. */
  readonly user: ProcessUser | null;
}

/** On whose behalf the process runs. */
export interface ProcessUser {
  readonly uid: number;
  /** The group and all supplementary ones. */
  readonly gids: readonly number[];
}

/** The surroundings of this very process. Needs the rights `env` and `sys` (`uid`, `gid`). */
export function processEnvironment(): Environment {
  const uid = process.geteuid?.();
  const gids = [Deno.gid() ?? [], process.getgroups?.() ?? []].flat();
  return {
    variable: (name) => Deno.env.get(name),
    user: uid === undefined ? null : { uid, gids },
  };
}
