import { assertEquals } from "@std/assert";
import { levelsOf, type NamingConvention, rackReader } from "../../src/domain/topology.ts";
import { site } from "../support/engine_site.ts";

const CONVENTION: NamingConvention = {
  regionChars: 3,
  rackCodes: ["r"],
  nodeCodes: ["a", "c", "u", "f", "o", "p", "s"],
};

const NAMES: readonly (readonly [name: string, rack: string | null, why: string])[] = [
  ["pdk15r05c001", "pdk15r05", "region, rack and node"],
  ["ihk01r01c001.emea.att.com", "ihk01r01", "a domain after the node"],
  ["12315r05s2", "12315r05", "digits among the region's characters"],
  ["ab-1r1a1", "ab-1r1", "any characters as region"],
  ["pdk15r05c001-ovs", null, "a suffix that is no domain"],
  ["pdk1505c001", null, "no rack code"],
  ["pdk15r05001", null, "no node code"],
  ["pdk15r05x001", null, "an unknown node code"],
  ["pdk15r05c", null, "no digits of the node"],
  ["pdk15rc001", null, "no digits of the rack"],
  ["pdkr05c001", null, "no digits of the region"],
  ["PDK15R05C001", null, "codes in upper case"],
  ["xpdk15r05c001", null, "too many characters of the region"],
  ["qos101", null, "another convention"],
  ["compute-1", null, "another convention"],
  ["", null, "an empty name"],
];

for (const [name, rack, why] of NAMES) {
  Deno.test(`rackReader reads ${rack ?? "no rack"} from '${name}': ${why}`, () => {
    assertEquals(rackReader(CONVENTION)(name), rack);
  });
}

Deno.test("rackReader knows codes of several letters, taken literally", () => {
  const rackOf = rackReader({ regionChars: 0, rackCodes: ["rack", "."], nodeCodes: ["node"] });
  assertEquals(rackOf("1rack7node3"), "1rack7");
  assertEquals(rackOf("1.7node3"), "1.7");
  assertEquals(rackOf("1x7node3"), null);
});

Deno.test("levelsOf gives the levels at which some host has a place", () => {
  const plain = site({ racks: 1, hostsPerRack: 2 });
  assertEquals(levelsOf(plain), ["host", "rack"]);
  const bare = plain.hosts.map((host) => ({ ...host, rack: null }));
  assertEquals(levelsOf({ ...plain, hosts: bare }), ["host"]);
  const clustered = [{ ...bare[0], cluster: "c1" }, bare[1]];
  assertEquals(levelsOf({ ...plain, hosts: clustered }), ["host", "cluster"]);
});
