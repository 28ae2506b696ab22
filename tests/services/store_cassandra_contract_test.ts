import { sharedCassandra } from "../support/cassandra_node.ts";
import { cassandraAddress, openCassandraStore, populateCassandra } from "../support/cassandra_store.ts";
import { storeSuite } from "../support/store_suite.ts";

const address = cassandraAddress(await sharedCassandra(), "contract");
await populateCassandra(address);

storeSuite({ name: "CassandraStore", open: ({ pageSize }) => openCassandraStore(address, { pageSize }) });
