import { assertEquals } from "@std/assert";
import { Findings } from "../../src/settings/findings.ts";
import { expand } from "../../src/settings/placeholders.ts";

const VALUES: Readonly<Record<string, string>> = {
  USER: "valet",
  PASS: "p@s:s/w%?#",
  HOST: "10.0.0.1",
  HOST6: "[2001:db8::1]:5672",
  URL: "http://u:p@controller:5000/v3",
  NESTED: "$USER",
  EMPTY: "",
};

function expanded(value: unknown, values = VALUES) {
  const findings = new Findings();
  const result = expand(value, { findings, lookup: (name) => values[name] });
  return { ...result, findings: findings.list };
}

for (
  const { name, template, expected } of [
    { name: "a bare name", template: "$USER", expected: "valet" },
    { name: "a braced name", template: "a${USER}b", expected: "avaletb" },
    { name: "several names", template: "$USER-$HOST", expected: "valet-10.0.0.1" },
    { name: "a doubled dollar", template: "$$USER", expected: "$USER" },
    { name: "a doubled dollar before a name", template: "$$$USER", expected: "$valet" },
    { name: "a value that looks like a placeholder", template: "$NESTED", expected: "$USER" },
    { name: "an empty value", template: "<$EMPTY>", expected: "<>" },
    { name: "a dollar before other characters", template: "$5 $a ${b} $", expected: "$5 $a ${b} $" },
    { name: "a whole URL as it is", template: "$URL", expected: VALUES.URL },
    { name: "a part outside of a URL as it is", template: "$PASS", expected: VALUES.PASS },
    {
      name: "user and password of a URL, percent-encoded",
      template: "rabbit://$USER:$PASS@h:5672/",
      expected: "rabbit://valet:p%40s%3As%2Fw%25%3F%23@h:5672/",
    },
    {
      name: "the credentials of every server of a URL",
      template: "rabbit://$USER:$PASS@$HOST,u:$PASS@h2/",
      expected: "rabbit://valet:p%40s%3As%2Fw%25%3F%23@10.0.0.1,u:p%40s%3As%2Fw%25%3F%23@h2/",
    },
    { name: "a host of a URL", template: "http://$HOST:5000/", expected: "http://10.0.0.1:5000/" },
    {
      name: "an IPv6 host of a URL with its brackets and port",
      template: "rabbit://u@$HOST6/",
      expected: "rabbit://u@[2001:db8::1]:5672/",
    },
    { name: "the path of a URL as it is", template: "http://h/$PASS", expected: `http://h/${VALUES.PASS}` },
  ]
) {
  Deno.test(`expand replaces ${name}`, () => {
    const { value, findings } = expanded({ key: template });
    assertEquals(value, { key: expected });
    assertEquals(findings, []);
  });
}

Deno.test("expand copies everything that is plain data", () => {
  const value = { a: [1, true, null, { b: "$USER" }], c: undefined, d: Object.create(null) };
  assertEquals(expanded(value).value, { a: [1, true, null, { b: "valet" }], c: undefined, d: {} });
});

Deno.test("expand names the variable and the key of each value that is missing", () => {
  const { findings } = expanded({ identity: { config: { password: "$NO" } }, list: ["${NOR}"] });
  assertEquals(findings.map(({ kind, path }) => ({ kind, path })), [
    { kind: "error", path: "identity.config.password" },
    { kind: "error", path: "list.0" },
  ]);
  assertEquals(
    findings[0].text,
    "Wanted 'NO' in the environment, in a file named by 'NO_FILE' or as a systemd credential",
  );
});

Deno.test("expand refuses what is no plain data", () => {
  const { findings } = expanded({ a: () => 1, b: new Date(0), c: { d: 1n } });
  assertEquals(findings.map(({ path }) => path), ["a", "b", "c.d"]);
});

Deno.test("expand refuses data that contains itself", () => {
  const loop: Record<string, unknown> = {};
  loop.again = loop;
  const { findings } = expanded(loop);
  assertEquals(findings.map(({ text }) => text), ["Wanted at most 32 levels"]);
});

Deno.test("expand keeps a key '__proto__' an ordinary key", () => {
  const { value } = expanded(JSON.parse('{"__proto__": {"polluted": true}}'));
  assertEquals(Object.keys(value as object), ["__proto__"]);
  assertEquals(({} as { polluted?: boolean }).polluted, undefined);
});

Deno.test("expand tells where secrets are spelled out", () => {
  const { spelled } = expanded({
    identity: { tokens: [{ token: "t1" }, { token: "$USER" }] },
    messaging: { config: { transport_url: "rabbit://u:p@h/" } },
    music: { password: "$PASS" },
  });
  assertEquals(spelled, ["identity.tokens.0.token", "messaging.config.transport_url"]);
});

Deno.test("expand tells the lookup whether a value becomes a secret", () => {
  const asked: [string, boolean][] = [];
  const lookup = (name: string, { secret }: { secret: boolean }) => {
    asked.push([name, secret]);
    return "x";
  };
  expand({ password: "$A", host: "$B", url: "rabbit://u:$C@$D/" }, { findings: new Findings(), lookup });
  assertEquals(asked, [["A", true], ["B", false], ["C", true], ["D", false]]);
});

Deno.test("expand names all variables of a text that nothing defines, each once", () => {
  const { findings } = expanded({ url: "rabbit://$ONE:$TWO@$HOST/$ONE" });
  assertEquals(findings.map(({ text }) => text), [
    "Wanted 'ONE', 'TWO' in the environment, in files named by these and '_FILE' or as systemd credentials",
  ]);
});
