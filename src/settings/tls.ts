import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { resolve } from "node:path";
import type { ProcessUser } from "./environment.ts";
import type { Findings } from "./findings.ts";
import { mayBeReadByAll } from "./permissions.ts";
import type { TlsSettings } from "./settings.ts";
import { readTrusted } from "./trusted_file.ts";

/** What blocks that name files are read with: relative paths are taken from `folder`. */
export interface FileContext {
  readonly folder: string;
  readonly findings: Findings;
  readonly user: ProcessUser | null;
}

/**
 * A certificate, with those that lead to its authority behind it, and its private key, out of PEM files that fit each
 * other; null after an error. The key is a secret like any other.
 */
export function readTls(files: { cert: string; key: string }, context: FileContext): TlsSettings | null {
  const cert = readPem(files.cert, { ...context, path: "server.tls.cert" });
  const key = readPem(files.key, { ...context, path: "server.tls.key", secret: true });
  if (cert === null || key === null) return null;
  const { findings } = context;
  const certificate = parsed(() => new X509Certificate(cert));
  const privateKey = parsed(() => createPrivateKey(key));
  if (certificate === null) findings.error("server.tls.cert", "Wanted a file with a certificate in PEM form");
  if (privateKey === null) {
    findings.error("server.tls.key", "Wanted a file with a private key in PEM form that has no passphrase");
  }
  if (certificate === null || privateKey === null) return null;
  if (fits(certificate, privateKey)) return { cert, key };
  findings.error(
    "server.tls.key",
    "Wanted the private key of the certificate in 'server.tls.cert', got another",
  );
  return null;
}

const CERTIFICATES = /-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g;

/**
 * The text of a file of authorities' certificates in PEM form, which `path` in the configuration names; null without a
 * name, and after an error. Whoever may write the file chooses whom the service gives its passwords to.
 */
export function readAuthorities(
  name: string | undefined,
  { path, ...context }: FileContext & { path: string },
): string | null {
  if (name === undefined) return null;
  const text = readPem(name, { ...context, path });
  if (text === null) return null;
  const certificates = text.match(CERTIFICATES) ?? [];
  const damaged = certificates.findIndex((each) => parsed(() => new X509Certificate(each)) === null);
  if (certificates.length > 0 && damaged < 0) return text;
  const got = damaged < 0 ? "got none" : `certificate ${damaged + 1} of ${certificates.length} is damaged`;
  const file = resolve(context.folder, name);
  context.findings.error(path, `Wanted a file of certificates in PEM form, ${got}: '${file}'`);
  return null;
}

function readPem(
  name: string,
  { folder, findings, user, path, secret = false }: FileContext & { path: string; secret?: boolean },
): string | null {
  const source = readTrusted(resolve(folder, name), { findings, user, setting: path });
  if (source === null) return null;
  if (secret && mayBeReadByAll(source.file)) {
    const file = source.file.path;
    findings.permission(path, `May be read by everybody; run 'chmod o-r ${file}'`);
  }
  return source.text;
}

function fits(certificate: X509Certificate, key: KeyObject): boolean {
  return parsed(() => certificate.checkPrivateKey(key)) ?? false;
}

/** Null for what the parser refuses; its own words may quote the file. */
function parsed<T>(parse: () => T): T | null {
  try {
    return parse();
  } catch {
    return null;
  }
}
