/** Files of a private authority and of a server's certificate that it signed, in PEM. */
export interface Certificates {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

const FRESH = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];

/** Makes a private authority and a certificate for `localhost` and 127.0.0.1 in `folder`, with `openssl`. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  const at = (name: string) => `${folder}/${name}`;
  const openssl = async (...args: string[]) => {
    const { success, stderr } = await new Deno.Command("openssl", { args, cwd: folder }).output();
    if (!success) throw new Error(`openssl ${args[0]} failed: ${new TextDecoder().decode(stderr)}`);
  };
  const names = "subjectAltName = DNS:localhost, IP:127.0.0.1\nbasicConstraints = CA:FALSE\n";
  Deno.writeTextFileSync(at("names"), names);
  await openssl("req", "-x509", ...FRESH, "-subj", "/CN=Private", "-keyout", "ca.key", "-out", "ca.pem");
  await openssl("req", ...FRESH, "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "request");
  const signer = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names", "-days", "2"];
  await openssl("x509", "-req", "-in", "request", ...signer, "-out", "server.pem");
  return { authority: at("ca.pem"), certificate: at("server.pem"), key: at("server.key") };
}

/** A server's certificate, and the file of the authority that it comes from and nobody else knows. */
export interface PrivateCertificate extends Disposable {
  readonly cafile: string;
  /** Of the server, in PEM. */
  readonly cert: string;
  readonly key: string;
}

/** The same in a folder of its own, read already. */
export async function makePrivateCertificate(): Promise<PrivateCertificate> {
  const folder = Deno.makeTempDirSync({ prefix: "valet-tls-" });
  const { authority, certificate, key } = await makeCertificates(folder);
  return {
    cafile: authority,
    cert: Deno.readTextFileSync(certificate),
    key: Deno.readTextFileSync(key),
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}
