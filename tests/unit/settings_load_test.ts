import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Environment } from "../../src/settings/environment.ts";
import { type LoadedSettings, loadSettings } from "../../src/settings/load.ts";
import { locateConfig } from "../../src/settings/locate.ts";
import { ConfigFolder, environmentOf, MINIMAL_CONFIG } from "../support/settings_files.ts";

/** Findings as lines, without the warning that only a root user gets. */
function saidBy({ findings }: LoadedSettings): string[] {
  return findings.filter(({ text }) => !text.startsWith("Valet runs as root"))
    .map(({ kind, path, text }) => `${kind} ${path}: ${text}`);
}

const WITH_PASSWORD = `${MINIMAL_CONFIG}
export const messaging = { enabled: false, config: { transport_url: "rabbit://u:hunter2@h/" } };`;

for (
  const { name, variables, given, expected } of [
    {
      name: "the file that the command names",
      given: "/a/b.ts",
      variables: { VALET_CONFIG: "/c.ts" },
      expected: "/a/b.ts",
    },
    {
      name: "VALET_CONFIG",
      variables: { VALET_CONFIG: "/c.ts", VALET_CONFIG_PATH: "/d" },
      expected: "/c.ts",
    },
    {
      name: "the folder VALET_CONFIG_PATH",
      variables: { VALET_CONFIG_PATH: "/d" },
      expected: "/d/config.ts",
    },
    { name: "the system's folder", variables: {}, expected: "/etc/valet/config.ts" },
  ] as { name: string; variables: Record<string, string>; given?: string; expected: string }[]
) {
  Deno.test(`locateConfig takes ${name}`, () => {
    assertEquals(locateConfig(given ?? null, environmentOf(variables)), expected);
  });
}

for (const name of ["config.ts", "config.mts", "config.js", "config.mjs"]) {
  Deno.test(`loadSettings reads named exports of ${name}`, async () => {
    using folder = new ConfigFolder();
    const loaded = await folder.load(MINIMAL_CONFIG, { name });
    assertEquals(saidBy(loaded), []);
    assertEquals(loaded.settings?.music, { driver: "sqlite", path: `${folder.path}/valet.db` });
  });
}

Deno.test("loadSettings reads config.json", async () => {
  using folder = new ConfigFolder();
  const config = {
    identity: {
      driver: "static",
      tokens: [{ token: "t", user_id: "u", project_id: "p", project_name: "p" }],
    },
    music: { driver: "memory" },
    inventory: { driver: "file", path: "/dc.json" },
  };
  const loaded = await folder.load(JSON.stringify(config), { name: "config.json" });
  assertEquals(saidBy(loaded), []);
  assertEquals(loaded.settings?.inventory.path, "/dc.json");
});

Deno.test("loadSettings reads a default export, types and modules of the runtime", async () => {
  using folder = new ConfigFolder();
  const { settings } = await folder.load(`
    import { join } from "node:path";
    import type { Server } from "./types.ts";
    type Port = string | number;
    const port: Port = "8091" satisfies Port;
    export default {
      server: { port, host: "127.0.0.1" } as Server,
      identity: { driver: "static", tokens: [{ token: "t", user_id: "u", project_id: "p", project_name: "p" }] },
      music: { path: join("state", "valet.db") },
      inventory: { driver: "file", path: "dc.json" },
    };
  `);
  assertEquals(settings?.server.port, 8091);
  assertEquals(settings?.music, { driver: "sqlite", path: `${folder.path}/state/valet.db` });
});

Deno.test("loadSettings replaces placeholders from the environment, files and credentials, in this order", async () => {
  using folder = new ConfigFolder();
  const config = MINIMAL_CONFIG.replace('"t1"', '"$A-$B-$C"');
  const { settings } = await folder.load(config, {
    variables: {
      A: "a",
      A_FILE: "/nowhere",
      B_FILE: folder.write("b", "b\n"),
      CREDENTIALS_DIRECTORY: folder.path,
      C: folder.write("C", "from-credentials") && "c",
    },
  });
  assert(settings?.identity.driver === "static");
  assertEquals(settings.identity.tokens[0].token, "a-b-c");
  folder.write("D", "d\n\n");
  const loaded = await folder.load(MINIMAL_CONFIG.replace("valet.db", "$D"), {
    variables: { CREDENTIALS_DIRECTORY: folder.path },
  });
  assertEquals(loaded.settings?.music, { driver: "sqlite", path: `${folder.path}/d\n` });
});

Deno.test("loadSettings names the variable of a placeholder that nothing defines", async () => {
  using folder = new ConfigFolder();
  const variables = { CREDENTIALS_DIRECTORY: folder.path };
  const loaded = await folder.load(MINIMAL_CONFIG.replace("valet.db", "${STATE}/valet.db"), { variables });
  assertEquals(loaded.settings, null);
  assertEquals(saidBy(loaded), [
    "error music.path: Wanted 'STATE' in the environment, in a file named by 'STATE_FILE' or as a systemd credential",
  ]);
});

Deno.test("loadSettings takes an empty credential for none, as the unit gives one for each missing file", async () => {
  using folder = new ConfigFolder();
  folder.write("STATE", "\n");
  const variables = { CREDENTIALS_DIRECTORY: folder.path };
  const loaded = await folder.load(MINIMAL_CONFIG.replace("valet.db", "$STATE"), { variables });
  assertEquals(saidBy(loaded), [
    "error music.path: Wanted 'STATE' in the environment, in a file named by 'STATE_FILE' or as a systemd credential",
  ]);
});

Deno.test("loadSettings names the file of a placeholder that is missing", async () => {
  using folder = new ConfigFolder();
  const variables = { STATE_FILE: `${folder.path}/none` };
  const loaded = await folder.load(MINIMAL_CONFIG.replace("valet.db", "$STATE"), { variables });
  assertEquals(saidBy(loaded)[0], `error ${folder.path}/none: No such file`);
});

Deno.test("loadSettings prefers host and port of the command line", async () => {
  using folder = new ConfigFolder();
  const loaded = await folder.load(MINIMAL_CONFIG, { overrides: { host: "::1", port: "18090" } });
  assertEquals(loaded.settings?.server.host, "::1");
  assertEquals(loaded.settings?.server.port, 18090);
});

Deno.test("loadSettings judges the host of the command line like that of the file", async () => {
  using folder = new ConfigFolder();
  const loaded = await folder.load(`${MINIMAL_CONFIG}\nexport const demo = true;`, {
    overrides: { host: "0.0.0.0" },
  });
  assertEquals(loaded.settings, null);
  assertStringIncludes(saidBy(loaded)[0], "error server.host: The demo's tokens are known to everybody");
});

Deno.test("loadSettings shows the configuration without secrets", async () => {
  using folder = new ConfigFolder();
  const { printable } = await folder.load(WITH_PASSWORD.replace("u:", "$USER:"), {
    variables: { USER: "a@b" },
  });
  const text = JSON.stringify(printable);
  assertStringIncludes(text, '"transport_url":"rabbit://a%40b:***@h/"');
  assertStringIncludes(text, '"token":"***"');
  assertEquals(text.includes("hunter2") || text.includes("t1"), false);
});

for (
  const { name, config, mode, expected } of [
    {
      name: "a file that everybody writes",
      config: MINIMAL_CONFIG,
      mode: 0o666,
      expected: "May be written by everybody",
    },
    {
      name: "a literal password that everybody reads",
      config: WITH_PASSWORD,
      mode: 0o644,
      expected: "Spells out secrets",
    },
    {
      name: "literal tokens that everybody reads, of a service that others reach",
      config: MINIMAL_CONFIG.replace("127.0.0.1", "0.0.0.0"),
      mode: 0o644,
      expected: "Spells out secrets",
    },
  ]
) {
  Deno.test(`loadSettings refuses ${name}`, async () => {
    using folder = new ConfigFolder();
    const loaded = await folder.load(config, { mode });
    assertEquals(loaded.settings, null);
    assertStringIncludes(saidBy(loaded)[0], `permission ${folder.path}/config.ts: ${expected}`);
  });

  Deno.test(`loadSettings only warns of ${name} when VALET_ALLOW_INSECURE_CONFIG is 1`, async () => {
    using folder = new ConfigFolder();
    const loaded = await folder.load(config, { mode, variables: { VALET_ALLOW_INSECURE_CONFIG: "1" } });
    assertEquals(loaded.settings === null, false);
    assertStringIncludes(saidBy(loaded)[0], `warning ${folder.path}/config.ts: ${expected}`);
  });
}

for (
  const { name, config, mode } of [
    { name: "literal tokens that everybody reads, on loopback", config: MINIMAL_CONFIG, mode: 0o644 },
    { name: "a literal password that the group reads", config: WITH_PASSWORD, mode: 0o640 },
    {
      name: "placeholders that everybody reads",
      config: MINIMAL_CONFIG.replace("127.0.0.1", "0.0.0.0").replace('"t1"', '"$TOKEN"'),
      mode: 0o644,
    },
  ]
) {
  Deno.test(`loadSettings accepts ${name}`, async () => {
    using folder = new ConfigFolder();
    const loaded = await folder.load(config, { mode, variables: { TOKEN: "t" } });
    assertEquals(saidBy(loaded), []);
    assertEquals(loaded.settings === null, false);
  });
}

Deno.test("loadSettings does not run a file that others may write", async () => {
  using folder = new ConfigFolder();
  const trace = `${folder.path}/trace`;
  const loaded = await folder.load(`Deno.writeTextFileSync("${trace}", "ran");`, { mode: 0o602 });
  assertEquals(loaded.printable, null);
  assertEquals([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["config.ts"]);
});

Deno.test("loadSettings refuses a file of a user who is neither Valet's nor root", async () => {
  using folder = new ConfigFolder();
  const path = folder.write("config.ts", MINIMAL_CONFIG);
  const { uid } = Deno.statSync(path);
  if (uid === 0) Deno.chownSync(path, 4000, 4000);
  const environment: Environment = { ...environmentOf(), user: { uid: 5000, gids: [5000] } };
  const { settings, findings } = await loadSettings(path, { environment });
  assertEquals(settings, null);
  assertEquals(findings.map(({ kind }) => kind), ["permission"]);
  assertStringIncludes(findings[0].text, `run 'chown root ${path}'`);
});

Deno.test("loadSettings follows a link, and looks at the folders of both", async () => {
  using target = new ConfigFolder();
  using links = new ConfigFolder();
  const file = target.write("real.ts", MINIMAL_CONFIG);
  const link = `${links.path}/config.ts`;
  Deno.symlinkSync(file, link);
  const load = () => loadSettings(link, { environment: environmentOf() });
  assertEquals((await load()).settings?.music, { driver: "sqlite", path: `${links.path}/valet.db` });
  Deno.chmodSync(links.path, 0o777);
  const [finding] = (await load()).findings;
  assertEquals(finding.kind, "permission");
  assertStringIncludes(
    finding.text,
    `May be replaced by everybody in its directory; run 'chmod go-w ${links.path}'`,
  );
});

Deno.test("loadSettings refuses a secret's file that others may write, and warns of one that they read", async () => {
  using folder = new ConfigFolder();
  const config = MINIMAL_CONFIG.replace('"t1"', '"$TOKEN"');
  const token = folder.write("token", "t", { mode: 0o644 });
  const read = await folder.load(config, { variables: { TOKEN_FILE: token } });
  assertEquals(saidBy(read), [
    `warning ${token}: Holds a secret and may be read by everybody; run 'chmod o-r ${token}'`,
  ]);
  assertEquals(read.settings === null, false);
  Deno.chmodSync(token, 0o602);
  const written = await folder.load(config, { variables: { TOKEN_FILE: token } });
  assertEquals(saidBy(written), [
    `permission ${token}: May be written by everybody; run 'chmod go-w ${token}'`,
  ]);
  assertEquals(written.settings, null);
});

Deno.test("loadSettings warns a root user, except in a demo", async () => {
  using folder = new ConfigFolder();
  const environment: Environment = { ...environmentOf(), user: { uid: 0, gids: [0] } };
  for (const { demo, expected } of [{ demo: false, expected: 1 }, { demo: true, expected: 0 }]) {
    const path = folder.write("config.ts", `${MINIMAL_CONFIG}\nexport const demo = ${demo};`);
    const { findings } = await loadSettings(path, { environment });
    const texts = findings.filter(({ kind }) => kind === "warning").map(({ text }) => text);
    assertEquals(
      texts.filter((text) => text === "Valet runs as root, wanted a user of its own").length,
      expected,
    );
  }
});

for (
  const { name, make, expected } of [
    { name: "a file that is not there", make: () => {}, expected: "No such file" },
    {
      name: "a link to itself",
      make: (path: string) => Deno.symlinkSync(path, path),
      expected: "Can't be read: Too many levels of symbolic links",
    },
    {
      name: "a folder",
      make: (path: string) => Deno.mkdirSync(path),
      expected: "Wanted a regular file of at most 1048576 bytes",
    },
    {
      name: "a huge file",
      make: (path: string) => Deno.writeFileSync(path, new Uint8Array(1_048_577)),
      expected: "Wanted a regular file of at most 1048576 bytes",
    },
    {
      name: "a file that is no text",
      make: (path: string) => Deno.writeFileSync(path, Uint8Array.of(0x61, 0xff, 0xfe)),
      expected: "Wanted UTF-8 text",
    },
  ]
) {
  Deno.test(`loadSettings refuses ${name}`, async () => {
    using folder = new ConfigFolder();
    const path = `${folder.path}/config.ts`;
    make(path);
    const loaded = await loadSettings(path, { environment: environmentOf() });
    const [said, ...others] = saidBy(loaded);
    assertEquals([said.slice(0, `error ${path}: ${expected}`.length), others], [
      `error ${path}: ${expected}`,
      [],
    ]);
  });
}
