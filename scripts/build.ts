/**
 * Compiles `dist/valet`; arguments such as `--target aarch64-unknown-linux-gnu` go to the compiler. Deno fetches the
 * executable that it builds on, unless DENORT_BIN names one.
 */
import { fileURLToPath } from "node:url";

const PROJECT = fileURLToPath(new URL("..", import.meta.url));
const OUTPUT = "dist/valet";

/** Read by `src/cli/version.ts`. */
const BUILD_FILE = "dist/build.json";

/** What runs beside the program's main thread, or is read by it, and so is not found through imports. */
const INCLUDED = ["src/adapters/optimizer/embedded/worker.ts", BUILD_FILE];

/** All that the executable may ever do; which paths it may touch is up to those who run it. */
const RIGHTS = ["--allow-net", "--allow-read", "--allow-write", "--allow-env", "--allow-sys=uid,gid"];

/** The compiler goes deep into the packages' types and needs more stack than it takes by itself, in bytes. */
const COMPILER_STACK = "67108864";

/** The commit that is checked out, marked when files differ from it; null without git. */
async function checkedOutCommit(): Promise<string | null> {
  const git = new Deno.Command("git", {
    args: ["describe", "--always", "--abbrev=12", "--dirty", "--exclude=*"],
    cwd: PROJECT,
    stderr: "null",
  });
  try {
    const { success, stdout } = await git.output();
    return success ? new TextDecoder().decode(stdout).trim() : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function compile(): Promise<number> {
  const includes = INCLUDED.flatMap((path) => ["--include", path]);
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["compile", "--quiet", "--output", OUTPUT, ...includes, ...RIGHTS, ...Deno.args, "main.ts"],
    cwd: PROJECT,
    env: { RUST_MIN_STACK: COMPILER_STACK },
  }).spawn().status;
  return code;
}

Deno.mkdirSync(`${PROJECT}dist`, { recursive: true });
const build = { commit: await checkedOutCommit(), date: new Date().toISOString().slice(0, 10) };
Deno.writeTextFileSync(PROJECT + BUILD_FILE, JSON.stringify(build));
const code = await compile();
if (code === 0) console.log(`${OUTPUT} (commit ${build.commit ?? "unknown"}, built ${build.date})`);
Deno.exit(code);
