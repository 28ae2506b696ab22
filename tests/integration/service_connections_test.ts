import { assertEquals, assertMatch } from "@std/assert";
import { checkConnections, composeSchema } from "../../src/compose/mod.ts";
import { ConfigFolder } from "../support/settings_files.ts";
import { type SettingsChanges, testSettings } from "../support/test_settings.ts";

const DEMO_SITE = new URL("../../config/demo_datacenter.json", import.meta.url);

/** Settings with a site, and with a store that `populate` made. */
async function populated(folder: ConfigFolder, changes: SettingsChanges = {}) {
  folder.write("data_center.json", Deno.readTextFileSync(DEMO_SITE));
  const settings = testSettings(folder.path, changes);
  const maker = await composeSchema(settings);
  for await (const step of maker.populate()) assertEquals(step.state, "created");
  await maker.close();
  return settings;
}

Deno.test("checkConnections finds that everything answers", async () => {
  using folder = new ConfigFolder();
  assertEquals(await checkConnections(await populated(folder)), [
    { part: "store", failure: null },
    { part: "identity", failure: null },
    { part: "inventory", failure: null },
    { part: "messaging", failure: null },
    { part: "optimizer", failure: null },
  ]);
});

Deno.test("checkConnections names a store that is not there, and makes none", async () => {
  using folder = new ConfigFolder();
  folder.write("data_center.json", Deno.readTextFileSync(DEMO_SITE));
  const [store, ...others] = await checkConnections(testSettings(folder.path));
  assertMatch(store.failure!, /No such file.*valet\.db/);
  assertEquals(others.map(({ failure }) => failure), [null, null, null, null]);
  assertEquals([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["data_center.json"]);
});

Deno.test("checkConnections names an inventory that can't be read, and the engine that waits for it", async () => {
  using folder = new ConfigFolder();
  const path = `${folder.path}/other.json`;
  const tested = await checkConnections(await populated(folder, { inventory: { path } }));
  const failed = tested.filter(({ failure }) => failure !== null);
  assertEquals(failed.map(({ part }) => part), ["inventory", "optimizer"]);
  assertMatch(failed[0].failure!, /other\.json/);
});
