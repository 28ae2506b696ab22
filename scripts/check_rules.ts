/**
 * Compares the rules of the REST contract with the tests that name them: `deno run --allow-read scripts/check_rules.ts`.
 * Exits 1 when a rule has no test, or when a test names a rule that does not exist.
 */
import { fileURLToPath } from "node:url";
import { RULES } from "../tests/contract/rules.ts";

const FOLDERS = ["tests/contract", "tests/http", "tests/security", "tests/services", "tests/services/load"];

/** A text that begins with rules in brackets, as names of tests do. */
const NAMED = /["'`]\[([\w.-]+(?:, [\w.-]+)*)\] /g;

function testFiles(folder: string): string[] {
  const root = new URL(`../${folder}/`, import.meta.url);
  return [...Deno.readDirSync(root)].filter(({ name }) => name.endsWith("_test.ts")).map(({ name }) =>
    fileURLToPath(new URL(name, root))
  );
}

const named = new Map<string, string>();
for (const file of FOLDERS.flatMap(testFiles)) {
  for (const [, ids] of Deno.readTextFileSync(file).matchAll(NAMED)) {
    for (const id of ids.split(", ")) named.set(id, file);
  }
}

const untested = [...RULES].filter(([id, { later }]) => later === undefined && !named.has(id));
const unknown = [...named].filter(([id]) => !RULES.has(id));
for (const [id, { sentence }] of untested) console.error(`Rule "${id}" has no test: ${sentence}`);
for (const [id, file] of unknown) console.error(`No rule is named "${id}" as a test in ${file} says`);
const later = [...RULES].filter(([, rule]) => rule.later !== undefined);
for (const [id, rule] of later) console.log(`Rule "${id}" waits: it ${rule.later}`);
console.log(
  `${RULES.size - untested.length - later.length} of ${RULES.size} rules have a test, ${later.length} wait`,
);
if (untested.length > 0 || unknown.length > 0) Deno.exit(1);
