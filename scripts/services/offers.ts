import { cassandra } from "./cassandra.ts";
import { cassandraCluster } from "./cassandra_cluster.ts";
import type { State } from "./instance.ts";
import { keystone } from "./keystone.ts";
import { ACCOUNTS } from "./keystone_accounts.ts";
import { rabbitMq } from "./rabbitmq.ts";

/** Where the services of the command line listen. */
export interface Places {
  readonly cassandraAddress: string;
  readonly rabbitmqPort: number;
  readonly keystonePort: number;
}

export const PLACES: Places = { cassandraAddress: "127.0.0.1", rabbitmqPort: 5672, keystonePort: 5000 };

/** What the command line does with a service. */
interface Controls {
  start(): Promise<unknown>;
  stop(): Promise<void>;
  state(): Promise<State>;
}

/** A service that the command line knows; it lasts until it is stopped. */
export interface Offer {
  readonly name: string;
  readonly about: string;
  readonly make: (places: Places) => Controls;
  /** Where it listens, who may log in, and how Valet is told of it. */
  readonly tell: (places: Places) => string[];
}

export const OFFERS: readonly Offer[] = [
  {
    name: "cassandra",
    about: "one node of Apache Cassandra",
    make: ({ cassandraAddress: address }) => cassandra({ name: "cassandra", lasting: true, address }),
    tell: ({ cassandraAddress }) => [
      `CQL on ${cassandraAddress}:9042 without a login, data centre datacenter1`,
      `export const music = { driver: "cassandra", host: "${cassandraAddress}", port: 9042, keyspace: "valet" };`,
    ],
  },
  {
    name: "cassandra-cluster",
    about: "three nodes, on the same address as the one and the next two",
    make: ({ cassandraAddress: address }) => cassandraCluster({ name: "cassandra", lasting: true, address }),
    tell: (places) => {
      const { addresses } = cassandraCluster({ address: places.cassandraAddress });
      const hosts = addresses.map((address) => `"${address}"`).join(", ");
      return [
        `CQL on port 9042 of ${addresses.join(", ")} without a login, data centre datacenter1`,
        `export const music = { hosts: [${hosts}], port: 9042, keyspace: "valet", replication_factor: 3 };`,
      ];
    },
  },
  {
    name: "rabbitmq",
    about: "RabbitMQ, one broker",
    make: ({ rabbitmqPort: port }) => rabbitMq({ name: "rabbitmq", lasting: true, port }),
    tell: ({ rabbitmqPort: port }) => {
      const { url } = rabbitMq({ port });
      return [url, `export const messaging = { config: { transport_url: "${url}" } };`];
    },
  },
  {
    name: "keystone",
    about: "OpenStack Keystone, on SQLite",
    make: ({ keystonePort: port }) => keystone({ name: "keystone", lasting: true, port }),
    tell: ({ keystonePort: port }) => {
      const { authUrl } = keystone({ port });
      const people = ACCOUNTS.map(({ name, password, project, roles }) =>
        `${name} / ${password}, project ${project}: ${roles.join(", ")}`
      );
      const config =
        `{ auth_url: "${authUrl}", username: "valet", password: "secret", project_name: "service" }`;
      return [authUrl, ...people, `export const identity = { config: ${config} };`];
    },
  },
];
