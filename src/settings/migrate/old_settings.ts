import { type Ini, parseIni } from "./ini.ts";
import { type Dictionary, type Literal, parsePython } from "./python_literals.ts";
import type { Remark } from "./remarks.ts";

/** A configuration file of the original: its name as the operator gave it, and its text. */
export interface OldFile {
  readonly path: string;
  readonly text: string;
}

/** A setting by the name that it has in valet.conf, such as `identity.username`. */
export interface OldSetting {
  readonly path: string;
  readonly value: Exclude<Literal, Dictionary>;
  /** File and line. */
  readonly origin: string;
}

export type OldSettings = ReadonlyMap<string, OldSetting>;

export interface OldFiles {
  /** config.py; wins over valet.conf. */
  readonly python: OldFile | null;
  /** valet.conf. */
  readonly ini: OldFile | null;
  /** ostro-listener.conf, of the listener as a program of its own; wins over valet.conf. */
  readonly listener: OldFile | null;
  /** The listener's passwords, each behind its host. */
  readonly passwords: OldFile | null;
}

/** The settings of all files under one set of names. */
export function oldSettings(
  { python, ini, listener, passwords }: OldFiles,
): { settings: OldSettings; remarks: readonly Remark[] } {
  const settings = new Map<string, OldSetting>();
  const remarks: Remark[] = [];
  if (ini !== null) readIni(ini, { settings, remarks });
  if (listener !== null) readIni(listener, { settings, remarks }, "events_listener");
  if (passwords !== null) readPasswords(passwords, { settings, remarks });
  if (python !== null) readPython(python, { settings, remarks });
  return { settings, remarks };
}

interface Collected {
  readonly settings: Map<string, OldSetting>;
  readonly remarks: Remark[];
}

/** Options that stand in no section go into `unnamed`. */
function readIni(file: OldFile, { settings, remarks }: Collected, unnamed = "DEFAULT"): void {
  const { entries, unread }: Ini = parseIni(file.text);
  for (const line of unread) {
    remarks.push({ kind: "manual", origin: `${file.path}:${line}`, text: "Is no option and no section" });
  }
  for (const { section, key, value, line, dangling } of entries) {
    const origin = `${file.path}:${line}`;
    const path = `${section === "DEFAULT" ? unnamed : section}.${key}`;
    settings.set(path, { path, value, origin });
    if (dangling === null) continue;
    const text = `${path} seems to refer to an option that is not there, and is taken as it stands`;
    remarks.push({ kind: "warning", origin, text });
  }
}

/** The password of the listener's host, behind it and one blank. */
function readPasswords(file: OldFile, { settings }: Collected): void {
  const host = settings.get("events_listener.host")?.value;
  if (host === undefined) return;
  const path = "events_listener.password";
  file.text.split(/\r?\n/).forEach((text, index) => {
    const [, named, value] = /^(\S+) (.+)$/.exec(text) ?? [];
    if (named === host) settings.set(path, { path, value, origin: `${file.path}:${index + 1}` });
  });
}

/** Blocks that config.py nests one level deeper. */
const NESTED = /^(identity|messaging)\.config\./;

function readPython(file: OldFile, { settings, remarks }: Collected): void {
  const { values, unread } = parsePython(file.text);
  for (const { line, path } of unread) {
    const subject = path === null ? "Is no assignment of a literal" : `${path} is no literal`;
    remarks.push({ kind: "manual", origin: `${file.path}:${line}`, text: subject });
  }
  for (const { path: spelled, value, line } of leaves(values, [])) {
    const path = spelled.replace(NESTED, "$1.");
    settings.set(path, { path, value, origin: `${file.path}:${line}` });
  }
}

type Leaf = Pick<OldSetting, "path" | "value"> & { readonly line: number };

function* leaves(values: Dictionary, above: readonly string[]): Generator<Leaf> {
  for (const [name, { value, line }] of values) {
    const path = [...above, name];
    if (isDictionary(value)) yield* leaves(value, path);
    else if (value !== null) yield { path: path.join("."), value, line };
  }
}

function isDictionary(value: Literal): value is Dictionary {
  return value instanceof Map;
}
