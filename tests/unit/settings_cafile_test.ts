import { assertEquals } from "@std/assert";
import type { Settings } from "../../src/settings/settings.ts";
import { CERTIFICATE } from "../support/certificates.ts";
import { ConfigFolder, MINIMAL_CONFIG } from "../support/settings_files.ts";

/** The settings that name a file of authorities: how, and what is read from it. */
const NAMED = [
  {
    setting: "identity.config.cafile",
    block: `identity = {
      config: { username: "u", password: "$P", project_name: "p", auth_url: "https://k", cafile: "tls/ca.pem" },
    }`,
    caOf: ({ identity }: Settings) => identity.driver === "keystone" ? identity.ca : undefined,
  },
  {
    setting: "messaging.tls.cafile",
    block: `messaging = { config: { transport_url: "amqps://u:$P@h/" }, tls: { cafile: "tls/ca.pem" } }`,
    caOf: ({ messaging }: Settings) => messaging.driver === "rabbitmq" ? messaging.tls?.ca : undefined,
  },
  {
    setting: "music.tls.cafile",
    block: `music = { host: "h", keyspace: "valet", tls: { cafile: "tls/ca.pem" } }`,
    caOf: ({ music }: Settings) => music.driver === "cassandra" ? music.tls?.ca : undefined,
  },
];

/** A config file with this block in place of its own of the same name. */
function configWith(block: string): string {
  const [name] = block.split(" ");
  return `${
    MINIMAL_CONFIG.replace(new RegExp(`export const ${name} = [^]*?;\n`), "")
  }export const ${block};\n`;
}

const DAMAGED = CERTIFICATE.replace(/\n[^-\n]+\n/, "\nAAAA\n");
const FILE = "'/tls/ca.pem'";

for (
  const { name, text, mode, says } of [
    {
      name: "takes several certificates, with words between them",
      text: `one\n${CERTIFICATE}two\n${CERTIFICATE}`,
    },
    { name: "misses a file that is not there", text: null, says: `error SETTING: No such file: ${FILE}` },
    {
      name: "refuses a file without any",
      text: "certificates\n",
      says: `error SETTING: Wanted a file of certificates in PEM form, got none: ${FILE}`,
    },
    {
      name: "refuses a file with a damaged one",
      text: CERTIFICATE + DAMAGED,
      says:
        `error SETTING: Wanted a file of certificates in PEM form, certificate 2 of 2 is damaged: ${FILE}`,
    },
    {
      name: "refuses a file that others may write",
      text: CERTIFICATE,
      mode: 0o646,
      says: "permission /tls/ca.pem: May be written by everybody; run 'chmod go-w /tls/ca.pem'",
    },
  ]
) {
  for (const { setting, block, caOf } of NAMED) {
    Deno.test(`readAuthorities ${name}, for ${setting}`, async () => {
      using folder = new ConfigFolder();
      Deno.mkdirSync(`${folder.path}/tls`, { mode: 0o700 });
      if (text !== null) folder.write("tls/ca.pem", text, { mode });
      const { settings, findings } = await folder.load(configWith(block), { variables: { P: "p" } });
      const said = findings.filter((finding) => !finding.text.includes("runs as root"))
        .map((finding) => `${finding.kind} ${finding.path}: ${finding.text}`.replaceAll(folder.path, ""));
      assertEquals(said, says === undefined ? [] : [says.replace("SETTING", setting)]);
      assertEquals(settings && caOf(settings), says === undefined ? text : null);
    });
  }
}
