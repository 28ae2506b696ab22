import { assertEquals } from "@std/assert";
import { parseIni } from "../../src/settings/migrate/ini.ts";

const values = (source: string) =>
  Object.fromEntries(parseIni(source).entries.map(({ section, key, value }) => [`${section}.${key}`, value]));

for (
  const { name, source, expected } of [
    { name: "options before any section", source: "a = 1\n", expected: { "DEFAULT.a": "1" } },
    { name: "both separators", source: "[s]\na=1\nb: 2=3\n", expected: { "s.a": "1", "s.b": "2=3" } },
    {
      name: "remarks and blank lines",
      source: "# a = 1\n; b = 2\n\n[s]\nc = 3 # d\n",
      expected: { "s.c": "3 # d" },
    },
    {
      name: "lines that go on",
      source: "[s]\na = 1,\n  2\nb = 3\n",
      expected: { "s.a": "1,\n2", "s.b": "3" },
    },
    { name: "the last of two", source: "[s]\na = 1\na = 2\n", expected: { "s.a": "2" } },
    {
      name: "quotes around a value",
      source: "[s]\na = 'x y'\nb = \"z\n",
      expected: { "s.a": "x y", "s.b": '"z' },
    },
    { name: "an empty value", source: "[s]\na =\n", expected: { "s.a": "" } },
    { name: "Windows' line ends", source: "[s]\r\na = 1\r\n", expected: { "s.a": "1" } },
    {
      name: "references to options",
      source: "home = /h\n[s]\na = $home/x\nb = ${a}\nc = $s.d\nd = 1\n",
      expected: { "DEFAULT.home": "/h", "s.a": "/h/x", "s.b": "$home/x", "s.c": "1", "s.d": "1" },
    },
    { name: "dollars", source: "[s]\na = x$$y\\$z$9\n", expected: { "s.a": "x$y$z$9" } },
  ]
) {
  Deno.test(`parseIni reads ${name}`, () => assertEquals(values(source), expected));
}

Deno.test("parseIni names a reference that leads nowhere, and keeps it", () => {
  const [{ value, dangling, line }] = parseIni("[s]\n\npassword = pa$word\n").entries;
  assertEquals({ value, dangling, line }, { value: "pa$word", dangling: "word", line: 3 });
});

Deno.test("parseIni tells the lines that it can't read", () => {
  assertEquals(parseIni("  lost\n[s]\nnothing\n= 1\n[open\n").unread, [1, 3, 4, 5]);
});
