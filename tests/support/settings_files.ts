import { type Environment, processEnvironment } from "../../src/settings/environment.ts";
import { type LoadedSettings, loadSettings, type Overrides } from "../../src/settings/load.ts";

/** A config that this build can run on, as text of a module. */
export const MINIMAL_CONFIG = `
export const server = { host: "127.0.0.1" };
export const identity = {
  driver: "static",
  tokens: [{ token: "t1", user_id: "u", project_id: "p", project_name: "p", roles: ["admin"] }],
};
export const music = { path: "valet.db" };
export const inventory = { driver: "file", path: "datacenter.json" };
`;

/** A folder of its own for one test, mode 0700, removed with everything in it at the end. */
export class ConfigFolder {
  readonly path = Deno.realPathSync(Deno.makeTempDirSync());

  write(name: string, text: string, { mode = 0o600 }: { mode?: number } = {}): string {
    const path = `${this.path}/${name}`;
    Deno.writeTextFileSync(path, text);
    Deno.chmodSync(path, mode);
    return path;
  }

  /** Loads `text` as a config file of this folder. */
  load(
    text: string,
    { name = "config.ts", mode, variables = {}, overrides }: {
      name?: string;
      mode?: number;
      variables?: Readonly<Record<string, string>>;
      overrides?: Overrides;
    } = {},
  ): Promise<LoadedSettings> {
    const path = this.write(name, text, { mode });
    return loadSettings(path, { environment: environmentOf(variables), overrides });
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** The process's own user with the given variables only. */
export function environmentOf(variables: Readonly<Record<string, string>> = {}): Environment {
  return { ...processEnvironment(), variable: (name) => variables[name] };
}
