const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\n", ""],
  ["a", "\x07"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["v", "\v"],
  ["\\", "\\"],
  ["'", "'"],
  ['"', '"'],
]);

const ESCAPE = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|(\r\n|[^]))/gu;

/** The characters that a string literal of Python stands for; undefined for one that is more than a text. */
export function textOf(literal: string): string | undefined {
  const [, prefix, quotes] = /^([A-Za-z]*)("""|'''|"|')/.exec(literal)!;
  if (!/^[ubr]?$|^[ub]r$/i.test(prefix)) return undefined;
  const inner = literal.slice(prefix.length + quotes.length, -quotes.length);
  if (/r/i.test(prefix)) return inner;
  return inner.replace(ESCAPE, (escape, short, middle, long, octal, single) => {
    const code = octal === undefined ? parseInt(short ?? middle ?? long, 16) : parseInt(octal, 8);
    if (single === undefined) return code > 0x10ffff ? escape : String.fromCodePoint(code);
    return ESCAPES.get(single.replace("\r\n", "\n")) ?? escape;
  });
}
