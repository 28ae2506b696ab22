import { assertEquals } from "@std/assert";
import { addressMatcher } from "../../src/adapters/system/address_list.ts";

const RANGES = ["192.0.2.7", "10.1.0.0/16", "2001:db8::/32"];

const ADDRESSES: readonly (readonly [address: string, matches: boolean])[] = [
  ["127.0.0.1", true],
  ["127.8.9.10", true],
  ["::1", true],
  ["::ffff:127.0.0.1", true],
  ["192.0.2.7", true],
  ["192.0.2.8", false],
  ["10.1.255.255", true],
  ["10.2.0.0", false],
  ["::ffff:10.1.2.3", true],
  ["2001:db8:1::5", true],
  ["2001:db9::5", false],
  ["", false],
  ["localhost", false],
  ["10.1.2.3, 127.0.0.1", false],
];

for (const [address, matches] of ADDRESSES) {
  Deno.test(`addressMatcher ${matches ? "knows" : "does not know"} '${address}'`, () => {
    assertEquals(addressMatcher(RANGES)(address), matches);
  });
}
