import { assertEquals } from "@std/assert";
import { masked, spellsSecret } from "../../src/settings/secrets.ts";

for (
  const { name, value, expected } of [
    { name: "a password", value: { password: "p" }, expected: { password: "***" } },
    { name: "an empty password", value: { password: "" }, expected: { password: "***" } },
    { name: "a password that is a number", value: { password: 12 }, expected: { password: "***" } },
    { name: "a secret inside a list", value: [{ token: "t" }], expected: [{ token: "***" }] },
    { name: "the items of a list of secrets", value: { password: ["p"] }, expected: { password: ["***"] } },
    {
      name: "an application credential",
      value: { application_credential_secret: "s", application_credential_id: "i" },
      expected: { application_credential_secret: "***", application_credential_id: "i" },
    },
    {
      name: "the password of a URL",
      value: "rabbit://u:p@h:5672/",
      expected: "rabbit://u:***@h:5672/",
    },
    {
      name: "the passwords of a URL with several servers",
      value: "rabbit://u:p@h1:5672,u:q@h2/v",
      expected: "rabbit://u:***@h1:5672,u:***@h2/v",
    },
    { name: "tokens that are no blocks", value: { tokens: ["t"] }, expected: { tokens: ["***"] } },
    { name: "a password in a URL without its scheme", value: "u:p@h:5672", expected: "***@h:5672" },
    { name: "a password in a URL of a misspelt scheme", value: "rabbit:/u:p@h", expected: "***@h" },
    { name: "a malformed password with a slash", value: "http://u:p/q@h/", expected: "http://***@h/" },
    { name: "a malformed password with an at sign", value: "http://u:p@q@h/", expected: "http://***@h/" },
    { name: "a malformed password with a comma", value: "http://u:p,q@h/", expected: "http://***@h/" },
  ]
) {
  Deno.test(`masked hides ${name}`, () => assertEquals(masked(value), expected));
}

for (
  const { name, value } of [
    { name: "a URL without a password", value: "http://controller:5000/v3" },
    { name: "a user in a URL", value: "rabbit://u@h/" },
    {
      name: "names that only resemble secrets",
      value: { token_cache_time: 60, tokens: [], secrets_dir: "/s" },
    },
    { name: "an address with an at sign", value: "admin@example.com" },
  ]
) {
  Deno.test(`masked shows ${name}`, () => assertEquals(masked(value), value));
}

for (
  const { name, key, template, expected } of [
    { name: "a literal password", key: "password", template: "hunter2", expected: true },
    { name: "a password of a placeholder", key: "password", template: "$VALET_PASSWORD", expected: false },
    { name: "a password of a braced placeholder", key: "password", template: "${P}", expected: false },
    { name: "a password with a doubled dollar", key: "password", template: "pa$$WORD", expected: true },
    {
      name: "a password with a dollar before small letters",
      key: "password",
      template: "$word",
      expected: true,
    },
    { name: "an empty password", key: "password", template: "", expected: false },
    { name: "a literal password in a URL", key: "url", template: "rabbit://$U:p@h/", expected: true },
    { name: "a placeholder as password in a URL", key: "url", template: "rabbit://u:$P@h/", expected: false },
    {
      name: "a literal password of a second server",
      key: "url",
      template: "rabbit://u:$P@h1,u:p@h2/",
      expected: true,
    },
    {
      name: "a literal password with a comma in a URL",
      key: "url",
      template: "http://u:p,q@h/",
      expected: true,
    },
    { name: "a user without password in a URL", key: "url", template: "http://u@h/", expected: false },
    { name: "an ordinary value", key: "host", template: "127.0.0.1", expected: false },
  ]
) {
  Deno.test(`spellsSecret says ${expected} for ${name}`, () =>
    assertEquals(spellsSecret(key, template), expected));
}
