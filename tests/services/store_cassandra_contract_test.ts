import { cassandraAddress, openCassandraStore, populateCassandra } from "../support/cassandra_store.ts";
import { storeSuite } from "../support/store_suite.ts";

const address = cassandraAddress("127.0.0.1", "contract");
await populateCassandra(address);

storeSuite({ name: "CassandraStore", open: ({ pageSize }) => openCassandraStore(address, { pageSize }) });
