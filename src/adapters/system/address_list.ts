import { BlockList, isIP } from "node:net";

const LOOPBACK = ["127.0.0.0/8", "::1"];

/** Whether a peer's address is loopback or in one of `ranges`: IP addresses, or `address/prefix length`. */
export function addressMatcher(ranges: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const range of [...LOOPBACK, ...ranges]) {
    const [address, prefix] = range.split("/");
    const family = familyOf(address);
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return (address) => isIP(address) !== 0 && list.check(address, familyOf(address));
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}
