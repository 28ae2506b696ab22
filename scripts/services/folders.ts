import { join } from "node:path";

/** Where downloads are kept from run to run; `VALET_SERVICES_CACHE` names another place. */
export function cacheFolder(name: string): string {
  const home = Deno.env.get("XDG_CACHE_HOME") ?? join(Deno.env.get("HOME") ?? "/", ".cache");
  return join(Deno.env.get("VALET_SERVICES_CACHE") ?? join(home, "valet", "services"), name);
}

/**
 * Where instances keep their data, settings, logs and process ids: in memory when there is such a folder, since nothing
 * has to outlive the machine. `VALET_SERVICES_DATA` names another place. Made on the first call, closed to other users.
 */
export function dataFolder(name: string): string {
  const root = Deno.env.get("VALET_SERVICES_DATA") ?? join(temporaryFolder(), `valet-services-${Deno.uid()}`);
  Deno.mkdirSync(root, { recursive: true, mode: 0o700 });
  const owner = Deno.statSync(root).uid;
  if (owner !== Deno.uid()) throw new Error(`"${root}" belongs to user ${owner}, wanted ${Deno.uid()}`);
  return join(root, name);
}

function temporaryFolder(): string {
  const memory = "/dev/shm";
  try {
    if (Deno.statSync(memory).isDirectory) return memory;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return Deno.env.get("TMPDIR") ?? "/tmp";
}

export function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Removes a folder with all that is in it, if there is one. */
export function removeFolder(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
