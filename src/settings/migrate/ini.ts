/** One line of an ini file that means something, continuation lines included. */
export interface IniEntry {
  readonly section: string;
  readonly key: string;
  readonly value: string;
  /** From 1. */
  readonly line: number;
  /** An option that the value refers to and the file does not have; the value holds the reference as it stands. */
  readonly dangling: string | null;
}

export interface Ini {
  readonly entries: readonly IniEntry[];
  /** Lines that are neither a section, an option, a comment nor blank. */
  readonly unread: readonly number[];
}

type RawEntry = Omit<IniEntry, "dangling">;

const DEFAULT = "DEFAULT";

/** Reads an ini file as oslo.config does: of an option that comes twice the last counts, `$option` is its value. */
export function parseIni(source: string): Ini {
  const unread: number[] = [];
  const entries = new Map<string, RawEntry>();
  let section = DEFAULT;
  let last: string | null = null;
  source.split(/\r?\n/).forEach((text, index) => {
    const line = index + 1;
    if (/^\s*$/.test(text) || /^[#;]/.test(text)) {
      last = null;
      return;
    }
    const header = /^\[([^\]]+)\]\s*$/.exec(text);
    const [, key, value] = /^([^\s=:[][^=:]*?)\s*[=:]\s*(.*?)\s*$/.exec(text) ?? [];
    const open = last === null ? undefined : entries.get(last);
    if (/^\s/.test(text) && last !== null && open !== undefined) {
      entries.set(last, { ...open, value: `${open.value}\n${text.trim()}` });
    } else if (header) {
      section = header[1];
      last = null;
    } else if (key !== undefined) {
      last = `${section}.${key}`;
      entries.set(last, { section, key, value, line });
    } else {
      unread.push(line);
      last = null;
    }
  });
  return { entries: [...entries.values()].map((entry) => resolved(entry, entries)), unread };
}

const REFERENCE = /\$\$|\\\$|\$(?:\{([a-z_][a-z0-9_.]*)\}|([a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*))/gi;

/** References are replaced once: those of what is put in stay, so that none leads in a circle. */
function resolved(entry: RawEntry, entries: ReadonlyMap<string, RawEntry>): IniEntry {
  let dangling: string | null = null;
  const value = unquoted(entry.value).replace(REFERENCE, (match, braced, bare) => {
    if (match === "$$" || match === "\\$") return "$";
    const name: string = braced ?? bare;
    const found = [`${entry.section}.${name}`, name, `${DEFAULT}.${name}`]
      .map((path) => entries.get(path)).find((other) => other !== undefined);
    if (found !== undefined) return unquoted(found.value);
    dangling = name;
    return match;
  });
  return { ...entry, value, dangling };
}

function unquoted(value: string): string {
  return /^(["'])([^]*)\1$/.exec(value)?.[2] ?? value;
}
