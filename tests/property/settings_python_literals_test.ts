import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Literal, parsePython } from "../../src/settings/migrate/python_literals.ts";

type Plain = string | number | boolean | null | Plain[] | { [key: string]: Plain };

const { plain } = fc.letrec<{ plain: Plain }>((tie) => ({
  plain: fc.oneof(
    { depthSize: "small" },
    fc.string({ unit: "binary" }),
    fc.integer({ min: -(10 ** 14), max: 10 ** 14 }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("plain"), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie("plain"), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

/** How a text may be written: quotes, a prefix, and what stands for characters that can't stand for themselves. */
const SPELLINGS: readonly ((text: string) => string)[] = [
  (text) => `'${escaped(text)}'`,
  (text) => `u"${escaped(text)}"`,
  (text) => `"""${escaped(text)}"""`,
  (text) => `'${escaped(text.slice(0, 3))}' "${escaped(text.slice(3))}"`,
];

function escaped(text: string): string {
  return [...text].map((character) => {
    if (/['"\\\r\n]/.test(character)) return { "\n": "\\n", "\r": "\\r" }[character] ?? `\\${character}`;
    return character === "\t" ? "\\x09" : character;
  }).join("");
}

function python(value: Plain, random: () => number): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return SPELLINGS[random() % SPELLINGS.length](value);
  const [open, close, items] = Array.isArray(value)
    ? ["[", "]", value.map((item) => python(item, random))] as const
    : [
      "{",
      "}",
      Object.entries(value).map(([key, item]) => `'${escaped(key)}': ${python(item, random)}`),
    ] as const;
  const comma = random() % 2 === 0 ? ", " : ",  # a remark, {\n\n  ";
  return `${open}${random() % 2 === 0 ? "" : "\n    "}${items.join(comma)}${
    items.length > 0 && random() % 2 === 0 ? "," : ""
  }${close}`;
}

function plainOf(value: Literal): Plain {
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, entry]) => [key, plainOf(entry.value)]));
  }
  return Array.isArray(value) ? value.map(plainOf) : value as Plain;
}

Deno.test("parsePython reads every literal as it was meant, however it is written", () => {
  fc.assert(
    fc.property(plain, fc.infiniteStream(fc.nat()), (value, numbers) => {
      const random = () => numbers.next().value!;
      const { values, unread } = parsePython(`before = 1\nvalue = ${python(value, random)}\nafter = 2\n`);
      assertEquals(unread, []);
      assertEquals([...values.keys()], ["before", "value", "after"]);
      assertEquals(plainOf(values.get("value")!.value), value);
    }),
    { numRuns: 2000 },
  );
});

const PIECES = [
  "a",
  "=",
  "{",
  "}",
  "[",
  "]",
  "(",
  ")",
  ":",
  ",",
  "'",
  '"',
  '"""',
  "'''",
  "\\",
  "\n",
  "\r\n",
  " ",
  "#",
  ";",
  "-",
  "1",
  "0.5",
  "None",
  "u'x'",
  "f'x'",
  "lambda: 1",
  "**a",
  "é",
  "\u0000",
  "\ud800",
];

Deno.test("parsePython never throws, and tells lines that the text has", () => {
  const text = fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.string()), { maxLength: 60 })
    .map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(text, (source) => {
      const lines = source.split("\n").length;
      const { values, unread } = parsePython(source);
      for (const { line } of [...unread, ...values.values()]) {
        assertEquals(line >= 1 && line <= lines, true);
      }
    }),
    { numRuns: 5000 },
  );
});
