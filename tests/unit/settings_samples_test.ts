import { assert, assertEquals, assertGreater, assertLess, assertLessOrEqual } from "@std/assert";
import { fileURLToPath } from "node:url";
import { demoDataCenter } from "../../scripts/generate_demo_datacenter.ts";
import { loadSettings } from "../../src/settings/load.ts";
import { CERTIFICATE, KEY } from "../support/certificates.ts";
import { ConfigFolder, environmentOf } from "../support/settings_files.ts";

const SAMPLE = fileURLToPath(new URL("../../config/valet.ts", import.meta.url));
const DEMO = fileURLToPath(new URL("../../config/demo.ts", import.meta.url));
const DEMO_DATA_CENTER = new URL("../../config/demo_datacenter.json", import.meta.url);

Deno.test("config/valet.ts lacks nothing but its variable", async () => {
  const environment = environmentOf({ VALET_PASSWORD: "secret" });
  const { settings, findings } = await loadSettings(SAMPLE, { environment });
  assertEquals(findings.filter(({ text }) => !text.startsWith("Valet runs as root")), []);
  assertEquals(settings?.music, { driver: "sqlite", path: "/var/lib/valet/valet.db" });
});

Deno.test("config/valet.ts comments on keys that exist, with their true defaults", async () => {
  const variables = { VALET_PASSWORD: "secret" };
  const text = Deno.readTextFileSync(SAMPLE);
  const uncommented = text.replaceAll(/^( +)\/\/ ( *)(?=[a-z_]+: |\}|\{ id)/gm, "$1$2");
  assertGreater(text.match(/\/\//g)!.length, uncommented.match(/\/\//g)!.length + 30);
  using folder = new ConfigFolder();
  folder.write("server.crt", CERTIFICATE);
  folder.write("server.key", KEY);
  folder.write("keystone_ca.pem", CERTIFICATE);
  const { settings: full, findings } = await folder.load(uncommented, { variables });
  assertEquals(findings.filter(({ text }) => !text.startsWith("Valet runs as root")), []);
  const { settings: plain } = await folder.load(text, { variables });
  assert(full?.identity.driver === "keystone" && plain?.identity.driver === "keystone");
  // What is commented out there is an example, not the default.
  const examples = {
    server: { ...full.server, publicUrl: null, tls: null, metricsAllow: [] },
    identity: { ...full.identity, region: null, ca: null },
    logging: { ...full.logging, dir: null },
  };
  assertEquals({ ...full, ...examples }, plain);
});

Deno.test("config/valet.ts shows an identity without Keystone that works", async () => {
  const sample = Deno.readTextFileSync(SAMPLE);
  const shown = /^ \* {3}export const identity = \{[^]*?^ \* {3}\};/m.exec(sample)![0].replaceAll(
    /^ \* {3}/gm,
    "",
  );
  const text = sample.replace(/^export const identity = \{[^]*?^\};/m, shown);
  using folder = new ConfigFolder();
  const { settings, findings } = await folder.load(text, { variables: { VALET_ADMIN_TOKEN: "secret" } });
  assertEquals(findings.filter(({ text }) => !text.startsWith("Valet runs as root")), []);
  assertEquals(settings?.identity.driver, "static");
});

Deno.test("config/valet.ts shows RabbitMQ with keys that exist, and their true defaults", async () => {
  const variables = {
    VALET_PASSWORD: "secret",
    OSLO_MSG_USERNAME: "u",
    OSLO_MSG_PASSWORD: "p@",
    OSLO_MSG_HOST: "h",
  };
  const { shown, block } = otherBlock("messaging");
  const whole = block.replaceAll(/^ +\/\/ (?=(?!tls)[a-z_]+: )/gm, "");
  assertEquals(block.match(/\/\/ /g)!.length - whole.match(/\/\/ /g)!.length, 6);
  using folder = new ConfigFolder();
  const { settings: full, findings } = await folder.load(shown.replace(block, whole), { variables });
  assertEquals(findings.filter(({ text }) => !text.startsWith("Valet runs as root")), []);
  const { settings: plain } = await folder.load(shown, { variables });
  assert(full?.messaging.driver === "rabbitmq");
  assertEquals(full.messaging.servers, [{ host: "h", port: 5672, username: "u", password: "p@" }]);
  assertEquals(full.messaging, plain?.messaging);
});

Deno.test("config/demo.ts keeps its store in the user's state folder", async () => {
  const before = Deno.env.get("XDG_STATE_HOME");
  using folder = new ConfigFolder();
  try {
    Deno.env.set("XDG_STATE_HOME", "/state");
    // Another text is another module, which the runtime evaluates anew.
    const { settings, findings } = await folder.load(`${Deno.readTextFileSync(DEMO)}// copy`);
    assertEquals(findings, []);
    assertEquals(settings?.music, { driver: "sqlite", path: "/state/valet/demo.db" });
    assertEquals(settings?.inventory.path, `${folder.path}/demo_datacenter.json`);
    assert(settings?.identity.driver === "static");
    assertEquals(settings.identity.tokens.map(({ token }) => token), [
      "demo-admin",
      "demo-member",
      "demo-reader",
    ]);
    assertEquals(settings.identity.projects.map(({ name }) => name), ["demo", "blue", "green"]);
  } finally {
    if (before === undefined) Deno.env.delete("XDG_STATE_HOME");
    else Deno.env.set("XDG_STATE_HOME", before);
  }
});

Deno.test("config/demo.ts refuses to listen on anything but loopback", async () => {
  for (const host of ["0.0.0.0", "::", "192.0.2.1", "example.com", "127.0.0.1.example.com", "1270.0.0.1"]) {
    const { settings, findings } = await loadSettings(DEMO, {
      environment: environmentOf(),
      overrides: { host },
    });
    assertEquals(settings, null);
    assertEquals(findings.map(({ kind, path }) => `${kind} ${path}`), ["error server.host"]);
  }
  for (const host of ["localhost", "::1", "127.0.0.2"]) {
    const overrides = { host };
    const { settings } = await loadSettings(DEMO, { environment: environmentOf(), overrides });
    assertEquals(settings?.server.host, host);
  }
});

Deno.test("demoDataCenter is what config/demo_datacenter.json holds", () => {
  assertEquals(JSON.parse(Deno.readTextFileSync(DEMO_DATA_CENTER)), demoDataCenter());
});

Deno.test("demoDataCenter has 120 hosts in 10 racks and 2 zones, about 35 % full", () => {
  const { hosts, flavors, aggregates } = demoDataCenter();
  const sum = (key: "vcpus" | "vcpus_used") => hosts.reduce((total, host) => total + host[key], 0);
  assertEquals(hosts.length, 120);
  assertEquals(new Set(hosts.map(({ name }) => name.slice(0, 8))).size, 10);
  assertEquals(hosts[0].name, "dem01r01c001");
  assertEquals(new Set(hosts.map(({ availability_zone }) => availability_zone)), new Set(["zone1", "zone2"]));
  assertLess(Math.abs(sum("vcpus_used") / sum("vcpus") - 0.35), 0.01);
  assertEquals(aggregates[0].hosts.length, 24);
  assertEquals(
    flavors.slice(0, 5).map(({ name, vcpus, ram_mb, disk_gb }) => [name, ram_mb, vcpus, disk_gb]),
    [
      ["m1.tiny", 512, 1, 1],
      ["m1.small", 2048, 1, 20],
      ["m1.medium", 4096, 2, 40],
      ["m1.large", 8192, 4, 80],
      ["m1.xlarge", 16384, 8, 160],
    ],
  );
});

Deno.test("demoDataCenter uses no host beyond its capacity, and counts what it lists", () => {
  for (const host of demoDataCenter().hosts) {
    assertLessOrEqual(host.vcpus_used, host.vcpus);
    assertLessOrEqual(host.ram_used_mb, host.ram_mb);
    assertLessOrEqual(host.disk_used_gb, host.disk_gb);
    assertEquals(host.vcpus_used, host.vms.reduce((total, { vcpus }) => total + vcpus, 0));
  }
});

Deno.test("config/valet.ts shows Cassandra with keys that exist, and their true defaults", async () => {
  const variables = { VALET_PASSWORD: "secret", MUSIC_PASSWORD: "sekrit" };
  const { shown, block } = otherBlock("music");
  const whole = shown.replace(block, block.replaceAll(/^ +\/\/ (?=[a-z_]+: )/gm, ""));
  using folder = new ConfigFolder();
  folder.write("cassandra_ca.pem", CERTIFICATE);
  const { settings: full, findings } = await folder.load(whole, { variables });
  const said = findings.filter(({ text }) => !text.startsWith("Valet runs as root")).map(({ path }) => path);
  assertEquals(said, ["music.replication_factor"]);
  const { settings: plain } = await folder.load(shown, { variables });
  assert(full?.music.driver === "cassandra" && plain?.music.driver === "cassandra");
  const examples = { replication: 3, localDatacenter: null, user: null, tls: null };
  assertEquals({ ...full.music, ...examples }, plain.music);
});

/** The sample with the block that it shows in comments in place of the plain one. */
function otherBlock(name: string): { shown: string; block: string } {
  const text = Deno.readTextFileSync(SAMPLE);
  const commented = new RegExp(`^// export const ${name} [^]*?^// \\};`, "m");
  const block = commented.exec(text)![0].replaceAll(/^\/\/ /gm, "");
  const shown = text.replace(new RegExp(`^export const ${name} .*\\n`, "m"), "").replace(
    commented,
    () => block,
  );
  return { shown, block };
}
