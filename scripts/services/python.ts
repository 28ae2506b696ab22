import { fileURLToPath } from "node:url";
import { createHash } from "node:crypto";
import { installed, run, tell } from "./installation.ts";

/** Keystone, and the clients that tests use as peers, each with all that it needs, by exact version. */
const REQUIREMENTS = fileURLToPath(new URL("./requirements.txt", import.meta.url));

/** The folder of a virtual environment with the requirements; another list makes another environment. */
export async function pythonEnvironment(): Promise<string> {
  const digest = createHash("sha256").update(Deno.readFileSync(REQUIREMENTS)).digest("hex").slice(0, 8);
  return await installed(`python-${digest}`, async (folder) => {
    tell("Downloading Keystone and OpenStack's clients for Python, about a minute");
    await run(["python3", "-m", "venv", folder], { from: "Python 3.11 or newer with its venv" });
    await run([`${folder}/bin/pip`, "install", "--quiet", "--no-input", "-r", REQUIREMENTS]);
  });
}
