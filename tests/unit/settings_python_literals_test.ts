import { assertEquals } from "@std/assert";
import { parsePython } from "../../src/settings/migrate/python_literals.ts";

const unread = (source: string) => parsePython(source).unread;

for (
  const { name, source, expected } of [
    { name: "an import", source: "import os\na = 1\n", expected: [{ line: 1, path: null }] },
    { name: "a call", source: "a = {\n 'b': f('x', [1]),\n 'c': 2}\n", expected: [{ line: 2, path: "a.b" }] },
    { name: "a sum of texts", source: "a = 'x' + 'y'\n", expected: [{ line: 1, path: "a" }] },
    { name: "another name's value", source: "a = b\n", expected: [{ line: 1, path: "a" }] },
    { name: "a text with expressions", source: "a = f'x{y}'\n", expected: [{ line: 1, path: "a" }] },
    { name: "an octal number", source: "a = 0644\n", expected: [{ line: 1, path: "a" }] },
    { name: "a list with a call in it", source: "a = [1, f()]\n", expected: [{ line: 1, path: "a" }] },
    { name: "a lambda", source: "a = {'h': lambda: [x, y], 'k': 1}\n", expected: [{ line: 1, path: "a.h" }] },
    { name: "a key that is no text", source: "a = {1: 'x', 'b': 2}\n", expected: [{ line: 1, path: "a" }] },
    { name: "an item's assignment", source: "a['b'] = 1\n", expected: [{ line: 1, path: null }] },
    {
      name: "what a function assigns",
      source: "def f():\n  a = 1\n",
      expected: [{ line: 1, path: null }, { line: 2, path: null }],
    },
    { name: "an open bracket", source: "b = 1\na = {\n 'c': 1\n", expected: [{ line: 2, path: "a" }] },
    { name: "an open text", source: "a = 'x\nb = 1\n", expected: [{ line: 1, path: "a" }] },
    {
      name: "brackets beyond counting",
      source: `a = ${"[".repeat(50_000)}`,
      expected: [{ line: 1, path: "a" }],
    },
  ]
) {
  Deno.test(`parsePython leaves ${name} to a person, with its line`, () => {
    assertEquals(unread(source), expected);
  });
}

for (
  const { name, literal, expected } of [
    {
      name: "letters for control characters",
      literal: String.raw`'\a\b\f\n\r\t\v'`,
      expected: "\x07\b\f\n\r\t\v",
    },
    { name: "codes", literal: String.raw`'\x41\101\u00e4\U0001f600\0'`, expected: "AAä😀\0" },
    { name: "quotes and backslashes", literal: String.raw`"\'\"\\"`, expected: "'\"\\" },
    {
      name: "letters that stand for themselves",
      literal: String.raw`'\d\$\N'`,
      expected: String.raw`\d\$\N`,
    },
    { name: "a line that goes on", literal: "'a\\\nb'", expected: "ab" },
    {
      name: "a code beyond the last character",
      literal: String.raw`'\U99999999'`,
      expected: String.raw`\U99999999`,
    },
    { name: "a raw text", literal: String.raw`r'\n\''`, expected: String.raw`\n\'` },
    { name: "several lines", literal: "'''a\n'b'\n'''", expected: "a\n'b'\n" },
  ]
) {
  Deno.test(`parsePython reads a text with ${name}`, () => {
    assertEquals(parsePython(`a = ${literal}`).values.get("a")?.value, expected);
  });
}

Deno.test("parsePython keeps what stands beside something unread", () => {
  const { values } = parsePython("a = {'x': f(), 'y': [1, (2), (3,)], **b, 'z': None}; c = -1\n'''Text'''\n");
  assertEquals(Object.fromEntries(values), {
    a: {
      line: 1,
      value: new Map([["y", { line: 1, value: [1, 2, [3]] }], ["z", { line: 1, value: null }]]),
    },
    c: { line: 1, value: -1 },
  });
});

Deno.test("parsePython forgets a value that a later line replaces by something unread", () => {
  assertEquals([
    ...parsePython("a = 1\na = f()\nb = {'x': 1, 'x': g()}\n").values.get("b")!.value as Map<string, unknown>,
  ], []);
  assertEquals(parsePython("a = 1\na = f()\n").values.has("a"), false);
});
