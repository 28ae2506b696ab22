import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";

const PROJECT = fileURLToPath(new URL("../../", import.meta.url));
const DOCUMENT = Deno.readTextFileSync(`${PROJECT}config/INSTALL.md`);
const UNIT = Deno.readTextFileSync(`${PROJECT}config/valet.service`);

Deno.test("INSTALL.md tells of every promise of the original's installation once", () => {
  const told = [...DOCUMENT.matchAll(/^\| (S\d+) /gm)].map(([, id]) => id);
  assertEquals(told, Array.from({ length: 45 }, (_, index) => `S${index + 1}`));
});

Deno.test("INSTALL.md names files that are there", () => {
  const tests = [...DOCUMENT.matchAll(/\btests\/[\w/]+\.ts/g)].map(([path]) => path);
  const links = [...DOCUMENT.matchAll(/\]\(([\w./]+)\)/g)].map(([, path]) => `config/${path}`);
  for (const path of [...tests, ...links]) assertEquals(Deno.statSync(PROJECT + path).isFile, true, path);
});

Deno.test("INSTALL.md names the credentials that the unit hands over, each with a default", () => {
  const names = (pattern: RegExp) => [...UNIT.matchAll(pattern)].map(([, name]) => name);
  const loaded = names(/^LoadCredential=(\w+):\/etc\/valet\/secrets\/\1$/gm);
  assertEquals(loaded, ["VALET_ADMIN_TOKEN", "VALET_PASSWORD", "OSLO_MSG_PASSWORD", "MUSIC_PASSWORD"]);
  assertEquals(names(/^SetCredential=(\w+):\\n$/gm), loaded);
  for (const name of loaded) assertEquals(DOCUMENT.includes(`\`${name}\``), true, name);
});
