/** A piece of Python: a `mark` is an operator, a bracket, or what can't start anything; `end` closes a statement. */
export interface Token {
  readonly kind: "name" | "number" | "text" | "mark" | "end";
  readonly source: string;
  /** From 1. */
  readonly line: number;
  /** Whether it is the first thing of its line, and where it stands there tells a block of Python. */
  readonly indented: boolean;
}

const PIECE = new RegExp(
  [
    /(?<blank>[ \t\f\r\ufeff]+|\\\r?\n|#[^\n]*)/,
    /(?<newline>\n)/,
    /(?<text>(?:[A-Za-z]{1,2})?(?:"""(?:\\[^]|[^\\])*?"""|'''(?:\\[^]|[^\\])*?'''|"(?:\\[^]|[^"\\\n])*"|'(?:\\[^]|[^'\\\n])*'))/,
    /(?<name>[\p{L}_][\p{L}\p{N}_]*)/u,
    /(?<number>\d[\p{L}\p{N}_.]*)/u,
    /(?<mark>[^])/,
  ].map(({ source }) => source).join("|"),
  "guy",
);

/** Cuts Python into statements that end with an `end`; inside brackets a line's end ends nothing. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let lineStart = 0;
  let depth = 0;
  for (const { 0: piece, index, groups = {} } of source.matchAll(PIECE)) {
    const indented = tokens.at(-1)?.line === line ? false : index > lineStart;
    const add = (kind: Token["kind"]) => tokens.push({ kind, source: piece, line, indented });
    if (groups.newline !== undefined && depth === 0) add("end");
    else if (groups.text !== undefined) add("text");
    else if (groups.name !== undefined) add("name");
    else if (groups.number !== undefined) add("number");
    else if (piece === ";" && depth === 0) add("end");
    else if (groups.mark !== undefined) add("mark");
    if ("([{".includes(piece)) depth += 1;
    if (")]}".includes(piece)) depth = Math.max(0, depth - 1);
    const breaks = piece.split("\n").length - 1;
    line += breaks;
    if (breaks > 0) lineStart = index + piece.lastIndexOf("\n") + 1;
  }
  tokens.push({ kind: "end", source: "", line, indented: false });
  return tokens;
}
