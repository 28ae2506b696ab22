import { assertEquals } from "@std/assert";
import { CERTIFICATE, KEY, LOCKED_KEY, OTHER_KEY } from "../support/certificates.ts";
import { ConfigFolder, MINIMAL_CONFIG } from "../support/settings_files.ts";

/** Loads a configuration with TLS from these two files. */
async function loaded({ cert, key, keyMode }: { cert: string; key: string; keyMode?: number }) {
  using folder = new ConfigFolder();
  folder.write("server.crt", cert, { mode: 0o644 });
  folder.write("server.key", key, { mode: keyMode });
  const config = MINIMAL_CONFIG.replace("host:", 'tls: { cert: "server.crt", key: "server.key" }, host:');
  const { settings, findings } = await folder.load(config);
  const said = findings.filter(({ text }) => !text.includes("runs as root"))
    .map(({ kind, path, text }) => `${kind} ${path}: ${text}`.replaceAll(folder.path, ""));
  return { tls: settings?.server.tls, said };
}

Deno.test("readTls reads a certificate and its key", async () => {
  assertEquals(await loaded({ cert: CERTIFICATE, key: KEY }), {
    tls: { cert: CERTIFICATE, key: KEY },
    said: [],
  });
});

const NO_KEY = "error server.tls.key: Wanted a file with a private key in PEM form that has no passphrase";

for (
  const { name, files, expected } of [
    {
      name: "the key of another certificate",
      files: { cert: CERTIFICATE, key: OTHER_KEY },
      expected:
        "error server.tls.key: Wanted the private key of the certificate in 'server.tls.cert', got another",
    },
    { name: "a key that is none", files: { cert: CERTIFICATE, key: "sesame" }, expected: NO_KEY },
    { name: "a key with a passphrase", files: { cert: CERTIFICATE, key: LOCKED_KEY }, expected: NO_KEY },
    {
      name: "a certificate that is none",
      files: { cert: KEY, key: KEY },
      expected: "error server.tls.cert: Wanted a file with a certificate in PEM form",
    },
    {
      name: "a key that everybody reads",
      files: { cert: CERTIFICATE, key: KEY, keyMode: 0o644 },
      expected: "permission server.tls.key: May be read by everybody; run 'chmod o-r /server.key'",
    },
    {
      name: "a key that everybody writes",
      files: { cert: CERTIFICATE, key: KEY, keyMode: 0o602 },
      expected: "permission /server.key: May be written by everybody; run 'chmod go-w /server.key'",
    },
  ]
) {
  Deno.test(`readTls refuses ${name}`, async () => {
    const { tls, said } = await loaded(files);
    assertEquals({ tls, said }, { tls: undefined, said: [expected] });
  });
}

Deno.test("readTls names a file that is not there", async () => {
  using folder = new ConfigFolder();
  const config = MINIMAL_CONFIG.replace("host:", 'tls: { cert: "server.crt", key: "server.key" }, host:');
  const { settings, findings } = await folder.load(config);
  assertEquals(settings, null);
  const said = findings.filter(({ kind }) => kind === "error").map(({ path, text }) => `${path}: ${text}`);
  assertEquals(said, [
    `server.tls.cert: No such file: '${folder.path}/server.crt'`,
    `server.tls.key: No such file: '${folder.path}/server.key'`,
  ]);
});
