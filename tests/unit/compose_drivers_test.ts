import { assertEquals } from "@std/assert";
import { createRequire } from "node:module";
import "../../src/cli/mod.ts";

const { cache } = createRequire(import.meta.url);

/** Which of the drivers' packages this process has in memory. */
function loaded(): string[] {
  const paths = Object.keys(cache);
  return ["amqplib", "cassandra-driver"].filter((name) => paths.some((path) => path.includes(`/${name}/`)));
}

// In this order: what is loaded once stays.
Deno.test("compose leaves the drivers of Cassandra and RabbitMQ alone until a configuration names them", async () => {
  assertEquals(loaded(), []);
  await import("../../src/adapters/notifier/rabbitmq/notifier.ts");
  assertEquals(loaded(), ["amqplib"]);
  await import("../../src/compose/cluster.ts");
  assertEquals(loaded(), ["amqplib", "cassandra-driver"]);
});
