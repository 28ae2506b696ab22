import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import manifest from "../../deno.json" with { type: "json" };
import { output, testOn } from "../support/machine.ts";
import { ScratchRoot } from "../support/scratch_root.ts";

const PROJECT = fileURLToPath(new URL("../../", import.meta.url));
const EXECUTABLE = `${PROJECT}dist/valet`;
const NEEDS = { programs: ["dpkg", "dpkg-deb", "ldd", "unshare", "useradd", "userdel"], root: true };

let packing: Promise<string> | null = null;

/** Packs the executable that the task build made, once; the path of the package. */
function packed(): Promise<string> {
  const command = [Deno.execPath(), "run", "--allow-all", "scripts/package.ts", "--built"];
  packing ??= output(command, { folder: PROJECT }).then((told) =>
    PROJECT + told.trimEnd().split("\n").at(-1)
  );
  return packing;
}

/** The same package as a later version whose own configuration and executable are others. */
async function laterVersion(path: string, folder: string): Promise<string> {
  await output(["dpkg-deb", "--raw-extract", path, `${folder}/later`]);
  const control = `${folder}/later/DEBIAN/control`;
  Deno.writeTextFileSync(control, Deno.readTextFileSync(control).replace(/^Version: .*$/m, "Version: 99.0"));
  Deno.writeTextFileSync(`${folder}/later/etc/valet/config.ts`, "// later\n");
  Deno.writeTextFileSync(`${folder}/later/usr/bin/valet`, "later");
  await output([
    "dpkg-deb",
    "--root-owner-group",
    "-Znone",
    "--build",
    `${folder}/later`,
    `${folder}/later.deb`,
  ]);
  return `${folder}/later.deb`;
}

/** Files and folders of a root that the package, or a service of it, may have left. */
async function leftovers(root: ScratchRoot, ids: { uid: string; gid: string }): Promise<string> {
  const owned = [
    "-uid",
    ids.uid,
    "-o",
    "-gid",
    ids.gid,
    "-o",
    "-iname",
    "*valet*",
    "!",
    "-path",
    `${root.path}`,
  ];
  return await output(["find", root.path, "-mindepth", "1", "(", ...owned, ")"]);
}

testOn(NEEDS, {
  name: "the Debian package installs, upgrades with the changed configuration, and is purged without a trace",
  fn: async () => {
    const folder = Deno.makeTempDirSync();
    using root = await ScratchRoot.create(EXECUTABLE);
    try {
      const path = await packed();
      assertMatch(path, new RegExp(`/valet_${manifest.version.replaceAll(".", "\\.")}_(amd64|arm64)\\.deb$`));
      const installed = await root.dpkg("--install", path);
      assertStringIncludes(installed, "Valet is installed and not started");
      assertMatch(await root.inside("/usr/bin/valet", "version"), /^valet \d/);
      assertEquals(
        Object.fromEntries(
          [
            "/etc/valet",
            "/etc/valet/config.ts",
            "/etc/valet/secrets",
            "/var/lib/valet",
            "/var/log/valet",
            "/usr/bin/valet",
            "/lib/systemd/system/valet.service",
            "/etc/logrotate.d/valet",
            "/usr/share/doc/valet/INSTALL.md",
            "/usr/share/doc/valet/notices",
            "/usr/share/doc/valet/examples/datacenter.json",
          ].map((file) => [file, root.owner(file)]),
        ),
        {
          "/etc/valet": "root:valet 750",
          "/etc/valet/config.ts": "root:valet 640",
          "/etc/valet/secrets": "root:valet 750",
          "/var/lib/valet": "valet:valet 750",
          "/var/log/valet": "valet:valet 750",
          "/usr/bin/valet": "root:root 755",
          "/lib/systemd/system/valet.service": "root:root 644",
          "/etc/logrotate.d/valet": "root:root 644",
          "/usr/share/doc/valet/INSTALL.md": "root:root 644",
          "/usr/share/doc/valet/notices": "root:root 644",
          "/usr/share/doc/valet/examples/datacenter.json": "root:root 644",
        },
      );
      const notices = root.read("/usr/share/doc/valet/notices");
      assertMatch(notices, /^hono\/\d.*: MIT\n\nMIT License\n\nCopyright /m);
      assertMatch(
        notices,
        /^cassandra-driver\/\d.*: Apache-2.0\n\n *Apache License$[^]*^Apache Cassandra NodeJS/m,
      );
      const [, uid, gid] = /^valet:x:(\d+):(\d+):.*:\/var\/lib\/valet:\/usr\/sbin\/nologin$/m
        .exec(root.read("/etc/passwd"))!;
      assertEquals([...Deno.readDirSync(`${root.path}/var/lib/valet`)], []);

      root.write("/etc/valet/config.ts", "// mine\n");
      root.write("/etc/valet/secrets/VALET_PASSWORD", "sesame\n");
      root.write("/var/lib/valet/valet.db", "rows");
      root.write("/var/log/valet/valet.log", "lines");
      await root.dpkg("--install", await laterVersion(path, folder));
      assertEquals(root.read("/usr/bin/valet"), "later");
      assertEquals(root.read("/etc/valet/config.ts"), "// mine\n");
      assertEquals(root.owner("/etc/valet/config.ts"), "root:valet 640");

      await root.dpkg("--remove", "valet");
      assertEquals(root.owner("/usr/bin/valet"), null);
      assertEquals(root.read("/etc/valet/config.ts"), "// mine\n");
      assertEquals(root.read("/var/lib/valet/valet.db"), "rows");
      assertEquals(root.read("/etc/valet/secrets/VALET_PASSWORD"), "sesame\n");

      await root.dpkg("--purge", "valet");
      assertEquals(await leftovers(root, { uid, gid }), "");
      assertEquals(root.read("/etc/passwd").includes("valet"), false);
      assertEquals(root.read("/etc/group").includes("valet"), false);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});

testOn({ programs: ["dpkg-deb"] }, {
  name: "the Debian package tells its version and needs, and holds files of root's alone",
  fn: async () => {
    const path = await packed();
    const control = await output(["dpkg-deb", "--info", path]);
    assertStringIncludes(control, ` Version: ${manifest.version}\n`);
    assertStringIncludes(control, " Conflicts: aic-valet-core\n");
    const configurations = await output(["dpkg-deb", "--info", path, "conffiles"]);
    assertEquals(configurations, "/etc/valet/config.ts\n/etc/logrotate.d/valet\n");
    for (const line of (await output(["dpkg-deb", "--contents", path])).trimEnd().split("\n")) {
      const mode = line.endsWith(" ./etc/valet/config.ts")
        ? "-rw-r-----"
        : "(drwxr-xr-x|-rwxr-xr-x|-rw-r--r--)";
      assertMatch(line, new RegExp(`^${mode} root/root `));
    }
  },
});
