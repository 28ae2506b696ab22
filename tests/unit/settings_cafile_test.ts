import { assertEquals } from "@std/assert";
import { ConfigFolder, MINIMAL_CONFIG } from "../support/settings_files.ts";

const CONFIG = `${MINIMAL_CONFIG.replace(/export const identity = [^]*?\n};/, "")}
export const identity = {
  config: { username: "u", password: "$PASSWORD", project_name: "p", auth_url: "https://k", cafile: "ca.pem" },
};`;

const variables = { PASSWORD: "p" };

/** What is said of the file of certificates. */
async function said(folder: ConfigFolder): Promise<string[]> {
  const { findings } = await folder.load(CONFIG, { variables });
  const path = `${folder.path}/ca.pem`;
  return findings.filter((finding) => finding.path === path).map(({ kind, text }) => `${kind}: ${text}`);
}

Deno.test("loadSettings takes a file of certificates beside the config file", async () => {
  using folder = new ConfigFolder();
  folder.write("ca.pem", "");
  const { settings } = await folder.load(CONFIG, { variables });
  assertEquals(settings?.identity.driver === "keystone" && settings.identity.cafile, `${folder.path}/ca.pem`);
  assertEquals(await said(folder), []);
});

Deno.test("loadSettings misses a file of certificates that is not there", async () => {
  using folder = new ConfigFolder();
  assertEquals(await said(folder), ["error: No such file"]);
});

Deno.test("loadSettings refuses a file of certificates that others may write", async () => {
  using folder = new ConfigFolder();
  folder.write("ca.pem", "", { mode: 0o666 });
  const path = `${folder.path}/ca.pem`;
  assertEquals(await said(folder), [`permission: May be written by everybody; run 'chmod go-w ${path}'`]);
});
