import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installed, run, tell } from "./installation.ts";

const VERSION = "5.0.9";

/** Released with these; another one may lack what `jvm.options` opens. */
const JAVA_VERSIONS = ["11", "17"];

const ROOM = fileURLToPath(new URL("./cassandra/", import.meta.url));

/** Natives of other machines. */
const LEFT_OUT = ["osx-aarch_64", "osx-x86_64", "windows-x86_64", "linux-aarch_64", "linux-riscv64"];

/** The arguments of `java` that every node has. Downloads Cassandra when it is missing. */
export async function javaOptions(): Promise<string[]> {
  const folder = await installed(`cassandra-${VERSION}`, async (target) => {
    tell("Downloading Cassandra, 62 MB");
    const goal = "org.apache.maven.plugins:maven-dependency-plugin:2.8:copy-dependencies";
    const settings = [
      `-Dcassandra.version=${VERSION}`,
      `-DoutputDirectory=${target}`,
      "-DincludeScope=runtime",
      `-DexcludeClassifiers=${LEFT_OUT.join()}`,
    ];
    await run(["mvn", "-B", "-q", "-f", join(ROOM, "pom.xml"), goal, ...settings], { from: "Maven" });
  });
  // An archive of classes holds for the same jars in the same order.
  const jars = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.endsWith(".jar"));
  return [
    `@${ROOM}jvm.options`,
    `-Dlogback.configurationFile=file:${ROOM}logback.xml`,
    "-cp",
    jars.sort().map((name) => join(folder, name)).join(":"),
  ];
}

/**
 * A file with Cassandra's classes as a node had them in memory, which halves the time of a start. It holds for one
 * Java; `record` runs a node with the option that it is given, ends it gracefully, and so makes the file.
 */
export async function classArchive(record: (option: string) => Promise<void>): Promise<string> {
  const folder = await installed(`cassandra-${VERSION}-java-${await javaVersion()}`, async (target) => {
    tell("Recording Cassandra's classes for faster starts, about 15 seconds");
    await record(`-XX:ArchiveClassesAtExit=${archiveIn(target)}`);
  });
  return archiveIn(folder);
}

function archiveIn(folder: string): string {
  return join(folder, "classes.jsa");
}

/** Such as "17.0.15". */
async function javaVersion(): Promise<string> {
  const from = "Java 17";
  const printed = await run(["java", "--version"], { from });
  const version = /\d[\d.]*/.exec(printed)?.[0] ?? "";
  if (JAVA_VERSIONS.includes(version.split(".")[0])) return version;
  throw new Error(`Wanted Java 11 or 17 on the PATH, got "${version}"; install ${from}`);
}
