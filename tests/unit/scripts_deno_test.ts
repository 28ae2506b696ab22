import { assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";

const WRAPPER = fileURLToPath(new URL("../../scripts/deno", import.meta.url));
const VERSION = Deno.version.deno;

/** All that the wrapper may find besides Deno and npm. */
const TOOLS = ["mkdir", "mv", "sed", "sh"];

/** A machine of its own: a home, and a PATH on which only what is put there can be found. */
class Machine implements Disposable {
  readonly path = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "valet wrapper " }));
  readonly #bin = `${this.path}/bin`;

  constructor() {
    for (const folder of ["bin", "home", "checkout/scripts", "elsewhere"]) {
      Deno.mkdirSync(`${this.path}/${folder}`, { recursive: true });
    }
    Deno.copyFileSync(WRAPPER, `${this.path}/checkout/scripts/deno`);
    for (const tool of TOOLS) Deno.symlinkSync(`/bin/${tool}`, `${this.#bin}/${tool}`);
  }

  /** Puts a program on the PATH. */
  put(name: string, script: string): this {
    Deno.writeTextFileSync(`${this.#bin}/${name}`, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return this;
  }

  /** Puts an npm there that delivers the Deno of this process, at a place of its own. */
  putNpm(): this {
    const delivered = `${this.path}/npm/deno`;
    Deno.mkdirSync(`${this.path}/npm`, { recursive: true });
    Deno.symlinkSync(Deno.execPath(), delivered);
    return this.put("npx", `[ "$1 $2" = "-y deno@${VERSION}" ] || exit 9\nshift 2\nexec "${delivered}" "$@"`);
  }

  async run(args: readonly string[], variables: Variables = {}) {
    const child = new Deno.Command(`${this.path}/checkout/scripts/deno`, {
      args: [...args],
      cwd: `${this.path}/elsewhere`,
      clearEnv: true,
      env: { HOME: `${this.path}/home`, PATH: this.#bin, ...variables },
      stdout: "piped",
      stderr: "piped",
      stdin: "null",
    }).spawn();
    const { code, stdout, stderr } = await child.output();
    const decoder = new TextDecoder();
    return { pid: child.pid, code, output: decoder.decode(stdout).trim(), errors: decoder.decode(stderr) };
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

type Variables = Readonly<Record<string, string>>;

const PRINT = ["eval", "console.log('ran', Deno.pid)"];

Deno.test("scripts/deno becomes the Deno on the PATH", async () => {
  using machine = new Machine().put("deno", `exec "${Deno.execPath()}" "$@"`);
  const { pid, code, output, errors } = await machine.run(PRINT);
  assertEquals({ code, output, errors }, { code: 0, output: `ran ${pid}`, errors: "" });
});

Deno.test("scripts/deno passes exit statuses on", async () => {
  using machine = new Machine().putNpm();
  assertEquals((await machine.run(["eval", "Deno.exit(78)"])).code, 78);
});

Deno.test("scripts/deno asks npm once when there is no Deno", async () => {
  using machine = new Machine().putNpm();
  const first = await machine.run(PRINT);
  assertEquals(first.output, `ran ${first.pid}`);
  assertStringIncludes(first.errors, `Asking npm for Deno ${VERSION}`);
  const second = await machine.run(PRINT);
  assertEquals({ output: second.output, errors: second.errors }, { output: `ran ${second.pid}`, errors: "" });
});

Deno.test("scripts/deno asks npm when the Deno on the PATH has another version", async () => {
  using machine = new Machine().put("deno", "echo 'deno 2.7.10 (stable)'").putNpm();
  const { pid, output } = await machine.run(PRINT);
  assertEquals(output, `ran ${pid}`);
});

Deno.test("scripts/deno asks npm again when what it remembers is gone", async () => {
  using machine = new Machine().putNpm();
  await machine.run(PRINT);
  Deno.writeTextFileSync(`${machine.path}/home/.cache/valet/deno-${VERSION}.path`, "/nowhere/deno\n");
  const { code, errors } = await machine.run(PRINT);
  assertEquals(code, 0);
  assertStringIncludes(errors, "Asking npm");
});

const UNCACHED: Variables[] = [{ HOME: "" }, { XDG_CACHE_HOME: "/proc/valet" }];

for (const variables of UNCACHED) {
  Deno.test(`scripts/deno works where it can't remember: ${Object.keys(variables)}`, async () => {
    using machine = new Machine().putNpm();
    const { pid, code, output } = await machine.run(PRINT, variables);
    assertEquals({ code, output }, { code: 0, output: `ran ${pid}` });
  });
}

Deno.test("scripts/deno says what it wants when there is neither Deno nor npm", async () => {
  using machine = new Machine();
  const { code, errors } = await machine.run(PRINT);
  assertEquals(code, 127);
  assertStringIncludes(errors, `Wanted Deno ${VERSION} on the PATH, or npm to fetch it`);
});

Deno.test("scripts/deno says so when npm can't deliver", async () => {
  using machine = new Machine().put("npx", "echo 'npm error network' >&2; exit 1");
  const { code, errors } = await machine.run(PRINT);
  assertEquals(code, 127);
  assertStringIncludes(errors, "npm error network");
  assertStringIncludes(errors, `Could not get Deno ${VERSION} from npm`);
});

const PRINT_STORE = ["eval", "console.log(Deno.env.get('DENO_TLS_CA_STORE'))"];

Deno.test("scripts/deno trusts the system's certificates besides Mozilla's", async () => {
  using machine = new Machine().putNpm();
  assertEquals((await machine.run(PRINT_STORE)).output, "system,mozilla");
});

Deno.test("scripts/deno keeps the certificates that were chosen", async () => {
  using machine = new Machine().putNpm();
  assertEquals((await machine.run(PRINT_STORE, { DENO_TLS_CA_STORE: "mozilla" })).output, "mozilla");
});
