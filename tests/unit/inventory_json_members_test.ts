import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  type JsonMember,
  JsonMembers,
  JsonShapeError,
} from "../../src/adapters/inventory/file/json_members.ts";

/** The members of a text that comes in pieces of the given lengths, again and again. */
function membersOf(text: string, lengths: readonly number[] = [text.length]): JsonMember[] {
  const reader = new JsonMembers();
  const members: JsonMember[] = [];
  for (let at = 0, turn = 0; at < text.length; turn++) {
    const length = lengths[turn % lengths.length];
    members.push(...reader.feed(text.slice(at, at + length)));
    at += length;
  }
  reader.end();
  return members;
}

function expected(value: object): JsonMember[] {
  return Object.entries(value).flatMap(([key, member]): JsonMember[] =>
    Array.isArray(member)
      ? member.map((item, index) => ({ key, index, value: item }))
      : [{ key, index: null, value: member }]
  );
}

Deno.test("JsonMembers.feed gives what JSON.parse gives, however the text is cut", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
      fc.constantFrom(undefined, 1, "\t"),
      (value, lengths, indent) => {
        const text = JSON.stringify(value, null, indent);
        assertEquals(membersOf(text, lengths), expected(JSON.parse(text)));
      },
    ),
    { numRuns: 500, seed: 1 },
  );
});

Deno.test("JsonMembers.feed gives an element before the text behind it has come", () => {
  const reader = new JsonMembers();
  assertEquals([...reader.feed('{"hosts":[{"name":"a"}')], [{
    key: "hosts",
    index: 0,
    value: { name: "a" },
  }]);
});

const BROKEN: readonly string[] = [
  "",
  "{",
  "[]",
  "5",
  "{} {}",
  "{}x",
  '{"a"}',
  '{"a":}',
  '{"a":1,}',
  '{"a":1 2}',
  '{"a":[1,]}',
  '{"a":[1 2]}',
  '{"a":[1}',
  '{"a":{]}',
  '{"a":tru}',
  '{"a":"\n"}',
  "{a:1}",
  "{1:1}",
  '{,"a":1}',
  '{"a":1,"a":2}',
];

for (const text of BROKEN) {
  Deno.test(`JsonMembers refuses ${JSON.stringify(text)}`, () => {
    assertThrows(() => membersOf(text, [1]), JsonShapeError);
    assertThrows(() => membersOf(text), JsonShapeError);
  });
}

Deno.test("JsonMembers.feed refuses a member that is too long, before it has come whole", () => {
  const reader = new JsonMembers({ maxMember: 10 });
  const error = assertThrows(() => [...reader.feed('{"hosts":[1,"0123456789')], JsonShapeError);
  assertEquals(error.message, "hosts[1] is longer than 10 characters");
});
