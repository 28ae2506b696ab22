/**
 * Makes `dist/valet`, and `dist/valet.notices` with the licences of the packages in it; arguments such as
 * `--target aarch64-unknown-linux-gnu` go to the compiler. Deno fetches the executable that it builds on, unless
 * DENORT_BIN names one, and from npm what it joins modules with.
 *
 * The program is joined to a few files first: all that an executable carries is in memory as long as it runs, and
 * without that it would carry every file of every package. Names stay as they are, so that stack traces can be read.
 */
import { fileURLToPath } from "node:url";

const PROJECT = fileURLToPath(new URL("..", import.meta.url));
const OUTPUT = `${PROJECT}dist/valet`;
const NOTICES = `${OUTPUT}.notices`;

/** Where the joined files are: `main.js`, what it loads only when it needs it, and those of `INCLUDED`. */
const PROGRAM = `${PROJECT}dist/program`;

/** Runs beside the program's main thread; `src/adapters/optimizer/embedded/optimizer.ts` starts it by this name. */
const WORKER = { source: "src/adapters/optimizer/embedded/worker.ts", joined: "worker.js" };

/** Read by `src/cli/version.ts`. */
const BUILD_FILE = "build.json";

/** What is not found through imports. */
const INCLUDED = [WORKER.joined, BUILD_FILE];

/** All that the executable may ever do; which paths it may touch is up to those who run it. */
const RIGHTS = ["--allow-net", "--allow-read", "--allow-write", "--allow-env", "--allow-sys=uid,gid"];

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

/** Ends this script when Deno fails. */
async function deno(args: readonly string[], folder: string): Promise<void> {
  const { code } = await new Deno.Command(Deno.execPath(), { args: [...args], cwd: folder }).spawn().status;
  if (code !== 0) Deno.exit(code);
}

/** A file of a package on the machine of the build, which comments and names in joined modules tell. */
const CACHED = /((?:\.\.\/)+[^"\s]*?\/npm\/[^\/"\s]+\/)((?:@[^\/"\s]+\/)?[^\/"\s]+\/[^\/"\s]+)\//g;

/** Joins the modules, and gives the folders of the packages in them by name and version. */
async function join(): Promise<ReadonlyMap<string, string>> {
  await deno(["bundle", "--quiet", "--code-splitting", "--outdir", PROGRAM, "main.ts"], PROJECT);
  await deno(["bundle", "--quiet", "--output", `${PROGRAM}/${WORKER.joined}`, WORKER.source], PROJECT);
  const packages = new Map<string, string>();
  for (const { name } of Deno.readDirSync(PROGRAM)) {
    const text = Deno.readTextFileSync(`${PROGRAM}/${name}`);
    for (const [, cache, id] of text.matchAll(CACHED)) packages.set(id, `${PROJECT}${cache}${id}`);
    Deno.writeTextFileSync(`${PROGRAM}/${name}`, text.replaceAll(CACHED, "npm/$2/"));
  }
  return packages;
}

const LICENCE_FILE = /^(licen[cs]e|copying|notice)/i;

/** What the licences of packages ask to be handed on with them. */
function noticesOf(packages: ReadonlyMap<string, string>): string {
  const notices = [...packages].sort().map(([id, folder]) => {
    const files = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) =>
      LICENCE_FILE.test(name)
    );
    const texts = files.sort().map((name) => Deno.readTextFileSync(`${folder}/${name}`).trim());
    const { license } = JSON.parse(Deno.readTextFileSync(`${folder}/package.json`));
    return [`${id}: ${license}`, ...texts].join("\n\n");
  });
  return `${notices.join("\n\n----\n\n")}\n`;
}

/**
 * Without the project's configuration, which would bring its packages along, and without a cache of compiled code: that
 * is a file in the folder for temporary ones, where others could put code of theirs in its place.
 */
async function compile(): Promise<void> {
  const includes = INCLUDED.flatMap((path) => ["--include", path]);
  const how = ["--quiet", "--no-config", "--no-code-cache", ...includes, ...RIGHTS];
  await deno(["compile", ...how, "--output", OUTPUT, ...Deno.args, "main.js"], PROGRAM);
}

// Files of an earlier build have other names, and would stay.
Deno.mkdirSync(PROGRAM, { recursive: true });
Deno.removeSync(PROGRAM, { recursive: true });
const packages = await join();
Deno.writeTextFileSync(NOTICES, noticesOf(packages));
const build = { commit: await checkedOutCommit(), date: new Date().toISOString().slice(0, 10) };
Deno.writeTextFileSync(`${PROGRAM}/${BUILD_FILE}`, JSON.stringify(build));
await compile();
console.log(`dist/valet (commit ${build.commit ?? "unknown"}, built ${build.date})`);
