import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { run } from "../../src/cli/program.ts";
import { NotedSurroundings } from "../support/cli_surroundings.ts";
import { ConfigFolder, MINIMAL_CONFIG } from "../support/settings_files.ts";

for (
  const { name, args, complaint } of [
    { name: "no command", args: [], complaint: "Usage: valet" },
    { name: "an unknown command", args: ["sevre"], complaint: "unknown command 'sevre'" },
    { name: "an unknown option", args: ["serve", "--prot", "1"], complaint: "unknown option '--prot'" },
    { name: "an option without its value", args: ["serve", "--port"], complaint: "argument missing" },
    {
      name: "a port that is no number",
      args: ["serve", "--port", "http"],
      complaint: "Wanted an integer from 1 to 65535",
    },
    {
      name: "a port beyond the last",
      args: ["serve", "--port", "65536"],
      complaint: "Wanted an integer from 1 to 65535",
    },
    {
      name: "two different files",
      args: ["check", "a.ts", "--config", "b.ts"],
      complaint: "Wanted one configuration, got 'a.ts' and 'b.ts'",
    },
    { name: "a second file", args: ["check", "a.ts", "b.ts"], complaint: "too many arguments" },
    { name: "an argument of version", args: ["version", "x"], complaint: "too many arguments" },
    { name: "serve's option on check", args: ["check", "--port", "1"], complaint: "unknown option '--port'" },
  ]
) {
  Deno.test(`run exits 2 for ${name}, and says so`, async () => {
    const surroundings = new NotedSurroundings();
    assertEquals(await run(args, surroundings), 2);
    assertStringIncludes(surroundings.complained.join("\n"), complaint);
    assertEquals(surroundings.printed, []);
    assertEquals(surroundings.calls, []);
  });
}

for (const command of ["serve", "populate", "check", "config migrate", "version"]) {
  Deno.test(`run shows help with examples for ${command} --help`, async () => {
    const surroundings = new NotedSurroundings();
    assertEquals(await run([...command.split(" "), "--help"], surroundings), 0);
    const help = surroundings.printed.join("\n");
    assertStringIncludes(help, `Usage: valet ${command}`);
    assertMatch(help, new RegExp(`Examples:\n {2}valet ${command}`));
    assertEquals(surroundings.calls, []);
  });
}

Deno.test("run shows the commands for --help", async () => {
  const surroundings = new NotedSurroundings();
  assertEquals(await run(["--help"], surroundings), 0);
  for (const command of ["serve", "populate", "check", "config", "version"]) {
    assertMatch(surroundings.printed.join("\n"), new RegExp(`^ {2}${command}`, "m"));
  }
});

Deno.test("run prints the version, and calls a program that was not built development", async () => {
  const surroundings = new NotedSurroundings();
  assertEquals(await run(["version"], surroundings), 0);
  assertMatch(surroundings.printed.join("\n"), /^valet \d+\.\d+\.\d+ \(development\)$/);
});

Deno.test("run takes one file as argument and as option", async () => {
  using folder = new ConfigFolder();
  const file = folder.write("config.ts", MINIMAL_CONFIG);
  for (const args of [["check", file], ["check", "--config", file], ["check", file, "--config", file]]) {
    const surroundings = new NotedSurroundings();
    assertEquals(await run(args, surroundings), 0);
    assertEquals(surroundings.printed, ["Config OK"]);
  }
});

Deno.test("run looks for the configuration in VALET_CONFIG", async () => {
  using folder = new ConfigFolder();
  const VALET_CONFIG = folder.write("config.ts", MINIMAL_CONFIG);
  const surroundings = new NotedSurroundings({ variables: { VALET_CONFIG } });
  assertEquals(await run(["check"], surroundings), 0);
});
