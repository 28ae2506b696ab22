import { assertEquals, assertStringIncludes } from "@std/assert";
import { run } from "../../src/cli/program.ts";
import { NotedSurroundings } from "../support/cli_surroundings.ts";
import { OLD_INI, OLD_LISTENER, OLD_PYTHON } from "../support/old_config.ts";
import { ConfigFolder } from "../support/settings_files.ts";

/** A folder with the old files, and the command on them. */
class OldFolder extends ConfigFolder {
  readonly py = this.write("config.py", OLD_PYTHON);
  readonly ini = this.write("valet.conf", OLD_INI);
  readonly out = `${this.path}/config.ts`;
  readonly surroundings = new NotedSurroundings();

  migrate(...more: readonly string[]): Promise<number> {
    const args = ["config", "migrate", "--py", this.py, "--ini", this.ini, "--out", this.out];
    return run([...args, ...more], this.surroundings);
  }

  files(): Record<string, string> {
    const names = ["config.ts", "secrets/OSLO_MSG_PASSWORD", "secrets/VALET_PASSWORD"];
    return Object.fromEntries(names.map((name) => [name, Deno.readTextFileSync(`${this.path}/${name}`)]));
  }
}

Deno.test("config migrate writes a configuration that check accepts with the secrets' files", async () => {
  using folder = new OldFolder();
  assertEquals(await folder.migrate(), 0);
  const surroundings = new NotedSurroundings({
    variables: {
      VALET_PASSWORD_FILE: `${folder.path}/secrets/VALET_PASSWORD`,
      OSLO_MSG_PASSWORD_FILE: `${folder.path}/secrets/OSLO_MSG_PASSWORD`,
    },
  });
  assertEquals(await run(["check", folder.out], surroundings), 0);
  assertEquals(surroundings.printed, ["Config OK"]);
});

Deno.test("config migrate takes the listener's configuration and passwords along", async () => {
  using folder = new OldFolder();
  const listener = folder.write("ostro-listener.conf", OLD_LISTENER);
  const passwd = folder.write("passwd", "rabbit.example.com l1sten\n");
  assertEquals(await folder.migrate("--listener", listener, "--listener-passwd", passwd), 0);
  const config = Deno.readTextFileSync(folder.out);
  assertStringIncludes(
    config,
    'transport_url: "rabbit://lis%40ten:$OSLO_MSG_PASSWORD_2@rabbit.example.com:5673/"',
  );
  assertEquals(Deno.readTextFileSync(`${folder.path}/secrets/OSLO_MSG_PASSWORD_2`), "l1sten\n");
  const { printed, complained } = folder.surroundings;
  assertEquals([...printed, ...complained].join("\n").includes("l1sten"), false);
});

Deno.test("config migrate keeps secrets out of all but files of their own that others can't read", async () => {
  using folder = new OldFolder();
  await folder.migrate();
  const { "config.ts": config, ...secrets } = folder.files();
  assertEquals(secrets, {
    "secrets/OSLO_MSG_PASSWORD": "pa$$w@rd\n",
    "secrets/VALET_PASSWORD": "S3$ecret $HOME\n",
  });
  const told = [config, ...folder.surroundings.printed, ...folder.surroundings.complained].join("\n");
  for (const secret of ["S3$", "w@rd", "0ther-passw0rd"]) assertEquals(told.includes(secret), false);
  for (const name of Object.keys(folder.files())) {
    assertEquals(Deno.statSync(`${folder.path}/${name}`).mode! & 0o7777, 0o640);
  }
  assertEquals(Deno.statSync(`${folder.path}/secrets`).mode! & 0o7777, 0o750);
});

Deno.test("config migrate tells how the unit and a person get the secrets", async () => {
  using folder = new OldFolder();
  await folder.migrate();
  const told = folder.surroundings.printed.join("\n");
  const file = `${folder.path}/secrets/VALET_PASSWORD`;
  assertStringIncludes(told, `LoadCredential=VALET_PASSWORD:${file}`);
  assertStringIncludes(told, `VALET_PASSWORD_FILE=${file} valet check ${folder.out}`);
});

Deno.test("config migrate replaces nothing without --force, not even when only a secret's file is there", async () => {
  using folder = new OldFolder();
  Deno.mkdirSync(`${folder.path}/secrets`);
  const mine = folder.write("secrets/VALET_PASSWORD", "mine");
  assertEquals(await folder.migrate(), 1);
  assertEquals(folder.surroundings.complained.at(-1), `error: ${mine} exists; --force replaces it`);
  assertEquals([...Deno.readDirSync(folder.path)].some(({ name }) => name === "config.ts"), false);
  assertEquals(await folder.migrate("--force"), 0);
  assertEquals(folder.files()["secrets/VALET_PASSWORD"], "S3$ecret $HOME\n");
});

Deno.test("config migrate exits 78 and writes nothing when a table was renamed", async () => {
  using folder = new OldFolder();
  folder.write("valet.conf", "[music]\nresponse_table = answers\n");
  assertEquals(await folder.migrate(), 78);
  assertEquals([...Deno.readDirSync(folder.path)].map(({ name }) => name).sort(), [
    "config.py",
    "valet.conf",
  ]);
});

for (
  const { name, args, exitCode, complaint } of [
    { name: "no old file", args: ["--out", "x.ts"], exitCode: 2, complaint: "Wanted --py, --ini or both" },
    { name: "no place to write to", args: ["--py", "x.py"], exitCode: 2, complaint: "'--out <file>'" },
    {
      name: "an old file that is not there",
      args: ["--py", "/nowhere/x.py", "--out", "/nowhere/x.ts"],
      exitCode: 1,
      complaint: "error: There is no '/nowhere/x.py'",
    },
    {
      name: "a folder in the place of a file",
      args: ["--ini", "/", "--out", "/nowhere/x.ts"],
      exitCode: 1,
      complaint: "Wanted a regular file of at most 262144 bytes, got '/'",
    },
  ]
) {
  Deno.test(`config migrate exits ${exitCode} for ${name}, and says so`, async () => {
    const surroundings = new NotedSurroundings();
    assertEquals(await run(["config", "migrate", ...args], surroundings), exitCode);
    assertStringIncludes(surroundings.complained.join("\n"), complaint);
  });
}

Deno.test("config migrate exits 1 when the folder of the new file is not there", async () => {
  using folder = new OldFolder();
  const out = `${folder.path}/missing/config.ts`;
  assertEquals(await folder.migrate("--out", out), 1);
  assertEquals(folder.surroundings.complained.at(-1), `error: There is no '${folder.path}/missing'`);
});
