import { assertEquals } from "@std/assert";
import { nearest } from "../../src/settings/nearest.ts";

const KEYS = ["host", "port", "public_url", "roles", "metrics_allow", "keyspace"];

for (
  const { name, word, expected } of [
    { name: "finds a name with swapped letters", word: "prot", expected: "port" },
    { name: "finds a name that lacks a letter", word: "hst", expected: "host" },
    { name: "finds a name with a letter too many", word: "hosts", expected: "host" },
    { name: "finds a name in other case", word: "PORT", expected: "port" },
    { name: "finds a long name with several faults", word: "publik-ulr", expected: "public_url" },
    { name: "gives the name of the smaller distance", word: "rort", expected: "port" },
    { name: "finds nothing for another word", word: "transport", expected: null },
    { name: "finds nothing for a word that shares no beginning", word: "zzzzzz", expected: null },
  ]
) {
  Deno.test(`nearest ${name}`, () => assertEquals(nearest(word, KEYS), expected));
}
