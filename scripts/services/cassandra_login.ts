import cassandraDriver from "cassandra-driver";

const { Client, auth, policies, types } = cassandraDriver;

/**
 * The schema versions of a node and of those that it has met, by its own account; null while it lets nobody in. The
 * login is that of the first user, who comes a moment after the first answer; a node without logins takes no notice.
 */
export async function schemaVersions(address: string): Promise<string[] | null> {
  const only = new policies.loadBalancing.AllowListPolicy(
    new policies.loadBalancing.RoundRobinPolicy(),
    [`${address}:9042`],
  );
  const client = new Client({
    contactPoints: [address],
    localDataCenter: "datacenter1",
    policies: { loadBalancing: only },
    authProvider: new auth.PlainTextAuthProvider("cassandra", "cassandra"),
    queryOptions: { consistency: types.consistencies.localOne },
  });
  try {
    await client.connect();
    const own = await client.execute("SELECT schema_version FROM system.local");
    const others = await client.execute("SELECT schema_version FROM system.peers");
    return [...own.rows, ...others.rows].map(({ schema_version }) => String(schema_version));
  } catch {
    // Still busy with its start; the deadline is the caller's.
    return null;
  } finally {
    await client.shutdown();
  }
}
