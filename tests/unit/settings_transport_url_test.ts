import { assertEquals } from "@std/assert";
import { parseTransportUrl } from "../../src/settings/transport_url.ts";

const SERVER = { host: "h", port: 5672, username: "u", password: "p" };
const PARSED = { servers: [SERVER], vhost: "/", tls: false };

for (
  const { url, expected } of [
    { url: "rabbit://u:p@h:5672/", expected: PARSED },
    { url: "rabbit://u:p@h:5672", expected: PARSED },
    { url: "rabbit://u:p@h", expected: PARSED },
    { url: "amqp://u:p@h/", expected: PARSED },
    { url: "rabbit://u:p@h//", expected: null },
    { url: "rabbit://u:p@h/%2F", expected: PARSED },
    { url: "rabbit://u:p@h/nova", expected: { ...PARSED, vhost: "nova" } },
    { url: "rabbit://u:p@h/%2Fa%25b", expected: { ...PARSED, vhost: "/a%b" } },
    {
      url: "rabbit://a%40b:p%3A%2F%40%25%20@h/",
      expected: { ...PARSED, servers: [{ ...SERVER, username: "a@b", password: "p:/@% " }] },
    },
    { url: "rabbit://u:@h/", expected: { ...PARSED, servers: [{ ...SERVER, password: "" }] } },
    { url: "rabbit://u@h/", expected: { ...PARSED, servers: [{ ...SERVER, password: "" }] } },
    {
      url: "rabbit://h/",
      expected: { ...PARSED, servers: [{ ...SERVER, username: "guest", password: "guest" }] },
    },
    {
      url: "rabbit://u:p@h:5673,v:q@[::1]:5674/",
      expected: {
        ...PARSED,
        servers: [{ ...SERVER, port: 5673 }, { host: "::1", port: 5674, username: "v", password: "q" }],
      },
    },
    {
      url: "rabbit://u:p@h:5671/?ssl=1",
      expected: { ...PARSED, servers: [{ ...SERVER, port: 5671 }], tls: true },
    },
    { url: "rabbit://u:p@h?ssl=true", expected: { ...PARSED, tls: true } },
    { url: "rabbit://u:p@h/?ssl=0", expected: PARSED },
    { url: "amqps://u:p@h/", expected: { ...PARSED, servers: [{ ...SERVER, port: 5671 }], tls: true } },
    { url: "rabbit://u:p@h/?heartbeat=0", expected: null },
    { url: "rabbit://u:p%4@h/", expected: null },
    { url: "rabbit://u:p@h:0/", expected: null },
    { url: "rabbit://u:p@h:65536/", expected: null },
    { url: "rabbit://u:p@h1,/", expected: null },
    { url: "kafka://u:p@h/", expected: null },
  ]
) {
  Deno.test(`parseTransportUrl ${expected === null ? "refuses" : "reads"} '${url}'`, () => {
    assertEquals(parseTransportUrl(url), expected);
  });
}
