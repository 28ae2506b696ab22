/** A server's certificate for 127.0.0.1, and the file of the authority that it comes from and nobody else knows. */
export interface PrivateCertificate extends Disposable {
  readonly cafile: string;
  /** Of the server, in PEM. */
  readonly cert: string;
  readonly key: string;
}

const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];

/** Needs `openssl`. */
export async function makePrivateCertificate(): Promise<PrivateCertificate> {
  const folder = Deno.makeTempDirSync({ prefix: "valet-tls-" });
  const openssl = async (...args: string[]) => {
    const { success, stderr } = await new Deno.Command("openssl", { args, cwd: folder }).output();
    if (!success) throw new Error(`openssl ${args[0]} failed: ${new TextDecoder().decode(stderr)}`);
  };
  const read = (name: string) => Deno.readTextFileSync(`${folder}/${name}`);
  Deno.writeTextFileSync(`${folder}/names`, "subjectAltName=IP:127.0.0.1");
  await openssl("req", "-x509", ...KEY, "-subj", "/CN=Private", "-keyout", "ca.key", "-out", "ca.pem");
  await openssl("req", ...KEY, "-subj", "/CN=127.0.0.1", "-keyout", "server.key", "-out", "server.csr");
  const signed = [
    "-req",
    "-in",
    "server.csr",
    "-CA",
    "ca.pem",
    "-CAkey",
    "ca.key",
    "-CAcreateserial",
    "-days",
    "2",
  ];
  await openssl("x509", ...signed, "-extfile", "names", "-out", "server.pem");
  return {
    cafile: `${folder}/ca.pem`,
    cert: read("server.pem"),
    key: read("server.key"),
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}
