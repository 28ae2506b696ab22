import { textOf } from "./python_text.ts";
import { type Token, tokenize } from "./python_tokens.ts";

/** A value that Python spells out. */
export type Literal = string | number | boolean | null | readonly Literal[] | Dictionary;

export type Dictionary = ReadonlyMap<string, Entry>;

/** A value and the line that it begins on, from 1. */
export interface Entry {
  readonly value: Literal;
  readonly line: number;
}

/** Something that is no literal, and so is left to a person. Its text is not kept: it may hold a secret. */
export interface Unread {
  readonly line: number;
  /** What would have got the value, such as `music.hosts`; null outside of assignments. */
  readonly path: string | null;
}

export interface PythonLiterals {
  /** By the name that is assigned; the last assignment counts. */
  readonly values: Dictionary;
  readonly unread: readonly Unread[];
}

const MAX_DEPTH = 32;

const CONSTANTS: ReadonlyMap<string, boolean | null> = new Map([
  ["True", true],
  ["False", false],
  ["None", null],
]);

const CLOSING: ReadonlyMap<string, string> = new Map([["{", "}"], ["[", "]"], ["(", ")"]]);

/**
 * Literals that a module of Python assigns to names at its top level: texts, numbers in decimal digits, `True`,
 * `False`, `None`, lists, tuples, and dictionaries with texts as keys. Nothing is executed, and nothing is thrown:
 * a dictionary goes without the entries that are more than literals, and everything else of that kind is `unread`.
 */
export function parsePython(source: string): PythonLiterals {
  return new Reader(tokenize(source)).module();
}

class Reader {
  readonly #tokens: readonly Token[];
  readonly #unread: Unread[] = [];
  #index = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  module(): PythonLiterals {
    const values = new Map<string, Entry>();
    while (this.#index < this.#tokens.length) {
      const assigned = this.#statement();
      if (assigned === null) continue;
      const { name, value, line } = assigned;
      if (value === undefined) values.delete(name);
      else values.set(name, { value, line });
    }
    return { values, unread: this.#unread };
  }

  get #token(): Token {
    return this.#tokens[Math.min(this.#index, this.#tokens.length - 1)];
  }

  #statement(): { name: string; value: Literal | undefined; line: number } | null {
    const first = this.#token;
    if (first.kind === "end") return this.#endStatement();
    const isName = first.kind === "name" && !first.indented;
    if (isName && this.#tokens[this.#index + 1].source === "=") {
      this.#index += 2;
      const { line } = this.#token;
      const value = this.#value([first.source]);
      this.#endStatement();
      return { name: first.source, value, line };
    }
    const isDocumentation = first.kind === "text" && this.#tokens[this.#index + 1].kind === "end";
    if (!isDocumentation) this.#unread.push({ line: first.line, path: null });
    return this.#endStatement();
  }

  #endStatement(): null {
    while (this.#token.kind !== "end") this.#index += 1;
    this.#index += 1;
    return null;
  }

  /** The literal that comes next; undefined, and told as unread, when more than a literal comes. */
  #value(path: readonly string[]): Literal | undefined {
    const { line } = this.#token;
    const start = this.#index;
    const told = this.#unread.length;
    const value = path.length > MAX_DEPTH ? undefined : this.#literal(path);
    if (value !== undefined && this.#isDone()) return value;
    this.#index = start;
    this.#unread.splice(told, Infinity, { line, path: path.join(".") });
    this.#skip();
    return undefined;
  }

  /** Whether the value ends here, so that nothing is computed from it. */
  #isDone(): boolean {
    return this.#token.kind === "end" || /^[,)\]}]$/.test(this.#token.source);
  }

  /** Goes on to the comma or bracket that ends the expression. */
  #skip(): void {
    for (let depth = 0; depth > 0 || !this.#isDone(); this.#index += 1) {
      const { kind, source } = this.#token;
      if (kind === "end") return;
      if (kind === "mark" && CLOSING.has(source)) depth += 1;
      if (kind === "mark" && /^[)\]}]$/.test(source)) depth -= 1;
    }
  }

  #literal(path: readonly string[]): Literal | undefined {
    const { kind, source } = this.#token;
    if (kind === "text") return this.#text();
    if (kind === "number" || source === "-") return this.#number();
    if (source === "{") return this.#dictionary(path);
    if (source === "[" || source === "(") return this.#list(path);
    this.#index += 1;
    return CONSTANTS.get(source);
  }

  /** Neighbouring texts are one. */
  #text(): string | undefined {
    const parts: (string | undefined)[] = [];
    for (; this.#token.kind === "text"; this.#index += 1) parts.push(textOf(this.#token.source));
    return parts.includes(undefined) ? undefined : parts.join("");
  }

  #number(): number | undefined {
    const sign = this.#token.source === "-" ? -1 : 1;
    if (sign < 0) this.#index += 1;
    const { source } = this.#token;
    this.#index += 1;
    if (!/^(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/.test(source)) return undefined;
    // Not -0, which only a float of Python can be.
    return source === "0" ? 0 : sign * Number(source);
  }

  #list(path: readonly string[]): Literal | undefined {
    const closing = CLOSING.get(this.#token.source)!;
    const items: Literal[] = [];
    let commas = 0;
    this.#index += 1;
    while (this.#token.source !== closing) {
      const item = this.#value([...path, String(items.length)]);
      if (item === undefined) return undefined;
      items.push(item);
      if (this.#token.source === ",") {
        commas += 1;
        this.#index += 1;
      } else if (this.#token.source !== closing) return undefined;
    }
    this.#index += 1;
    return closing === ")" && commas === 0 && items.length === 1 ? items[0] : items;
  }

  #dictionary(path: readonly string[]): Literal | undefined {
    const entries = new Map<string, Entry>();
    this.#index += 1;
    while (this.#token.source !== "}") {
      this.#entry(path, entries);
      if (this.#token.source === ",") this.#index += 1;
      else if (this.#token.source !== "}") return undefined;
    }
    this.#index += 1;
    return entries;
  }

  #entry(path: readonly string[], entries: Map<string, Entry>): void {
    const start = this.#token;
    const key = start.kind === "text" ? this.#text() : undefined;
    if (key === undefined || this.#token.source !== ":") {
      this.#unread.push({ line: start.line, path: path.join(".") });
      return this.#skip();
    }
    this.#index += 1;
    const { line } = this.#token;
    const value = this.#value([...path, key]);
    if (value !== undefined) entries.set(key, { value, line });
    else entries.delete(key);
  }
}
