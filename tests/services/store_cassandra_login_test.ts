import { assertEquals, assertStringIncludes } from "@std/assert";
import { freeLoopback } from "../../scripts/services/address.ts";
import { startCassandra } from "../../scripts/services/cassandra.ts";
import { pause } from "../../scripts/services/waiting.ts";
import { type CassandraAddress, CassandraConnection } from "../../src/adapters/store/cassandra/connection.ts";
import {
  cassandraAddress,
  openCassandraStore,
  populateCassandra,
  silentLogger,
} from "../support/cassandra_store.ts";
import { planRows, storePlan } from "../support/store_rows.ts";

const folder = Deno.makeTempDirSync({ prefix: "valet-cassandra-tls-" });

async function keytool(...args: string[]): Promise<string> {
  const store = [
    "-keystore",
    `${folder}/keys.p12`,
    "-storetype",
    "PKCS12",
    "-storepass",
    "cassandra",
    "-alias",
    "node",
  ];
  const { success, stdout, stderr } = await new Deno.Command("keytool", { args: [...args, ...store] })
    .output();
  if (!success) {
    throw new Error(`keytool failed: ${new TextDecoder().decode(stdout)}${new TextDecoder().decode(stderr)}`);
  }
  return new TextDecoder().decode(stdout);
}

const KEY = [
  "-genkeypair",
  "-keyalg",
  "EC",
  "-groupname",
  "secp256r1",
  "-validity",
  "2",
  "-dname",
  "CN=localhost",
];

Deno.test.afterAll(() => Deno.removeSync(folder, { recursive: true }));

Deno.test("CassandraConnection logs in by TLS, and only there where it is told whom to trust", async () => {
  const host = freeLoopback([9042, 7000]);
  await keytool(...KEY, "-ext", `SAN=ip:${host}`);
  const ca = await keytool("-exportcert", "-rfc");
  await using _node = await startCassandra({
    address: host,
    settings: [
      "authenticator: PasswordAuthenticator",
      "authorizer: CassandraAuthorizer",
      "client_encryption_options:",
      "  enabled: true",
      "  optional: true",
      `  keystore: ${folder}/keys.p12`,
      "  keystore_password: cassandra",
      "  store_type: PKCS12",
    ],
  });
  const address: CassandraAddress = {
    ...cassandraAddress(host, "login"),
    user: { name: "cassandra", password: "cassandra" },
    tls: { ca },
  };
  await populateCassandra(address);
  await using tested = await openCassandraStore(address);
  await storePlan(tested.store, planRows("a"));
  assertEquals(await tested.store.planById("plan-a"), planRows("a"));

  assertStringIncludes(
    await reasonFor({ ...address, user: { name: "cassandra", password: "wrong" } }),
    "refuses the user",
  );
  assertStringIncludes(await reasonFor({ ...address, tls: { ca: null } }), "certificate");
});

/** What a connection says that does not come about. */
async function reasonFor(address: CassandraAddress): Promise<string> {
  const connection = new CassandraConnection({ ...address, timeoutMs: 2000 }, { logger: silentLogger() });
  try {
    for (;;) {
      const reason = await connection.read("SELECT key FROM system.local").then(() => "connected", String);
      if (!reason.includes("not tried yet")) return reason;
      await pause(50);
    }
  } finally {
    await connection.close();
  }
}
