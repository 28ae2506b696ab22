/** Files of a private authority and of a server's certificate that it signed, in PEM. */
export interface Certificates {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** Makes a private authority and a certificate for `localhost` and 127.0.0.1 in `folder`, with `openssl`. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  const at = (name: string) => `${folder}/${name}`;
  const [authority, certificate, key] = ["ca.pem", "server.pem", "server.key"].map(at);
  Deno.writeTextFileSync(
    at("names"),
    "subjectAltName = DNS:localhost, IP:127.0.0.1\nbasicConstraints = CA:FALSE\n",
  );
  const fresh = ["-newkey", "rsa:2048", "-nodes"];
  await openssl(
    "req",
    "-x509",
    ...fresh,
    "-days",
    "2",
    "-subj",
    "/CN=Private",
    "-keyout",
    at("ca.key"),
    "-out",
    authority,
  );
  await openssl("req", ...fresh, "-subj", "/CN=localhost", "-keyout", key, "-out", at("request"));
  const signer = ["-CA", authority, "-CAkey", at("ca.key"), "-CAcreateserial", "-extfile", at("names")];
  await openssl("x509", "-req", "-in", at("request"), ...signer, "-days", "2", "-out", certificate);
  return { authority, certificate, key };
}

async function openssl(...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("openssl", { args }).output();
  if (!success) throw new Error(`openssl ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}
