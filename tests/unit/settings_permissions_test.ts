import { assertEquals } from "@std/assert";
import { Findings } from "../../src/settings/findings.ts";
import { checkReadable, checkWritable } from "../../src/settings/permissions.ts";

const VALET = { uid: 998, gids: [998, 4] };
const ROOT = { uid: 0, gids: [0] };

function owned(path: string, mode: number, { uid = 0, gid = 998 }: { uid?: number; gid?: number } = {}) {
  return { path, mode, uid, gid };
}

const FOLDER = owned("/etc/valet", 0o40750);

for (
  const { name, file, folder = FOLDER, user = VALET, expected } of [
    { name: "root's file that the group reads", file: owned("/c", 0o100640), expected: [] },
    { name: "the user's own file", file: owned("/c", 0o100600, { uid: 998 }), expected: [] },
    { name: "a file that everybody reads", file: owned("/c", 0o100644), expected: [] },
    { name: "a file that the user's group writes", file: owned("/c", 0o100660), expected: [] },
    {
      name: "a file that root's group writes",
      file: owned("/c", 0o100660, { gid: 0 }),
      expected: [],
    },
    {
      name: "a file that a supplementary group of the user writes",
      file: owned("/c", 0o100660, { gid: 4 }),
      expected: [],
    },
    {
      name: "a file that a foreign group writes",
      file: owned("/c", 0o100660, { gid: 1000 }),
      expected: ["permission: May be written by the foreign group 1000; run 'chmod go-w /c'"],
    },
    {
      name: "a file that everybody writes",
      file: owned("/c", 0o100646),
      expected: ["permission: May be written by everybody; run 'chmod go-w /c'"],
    },
    {
      name: "a file of somebody else",
      file: owned("/c", 0o100640, { uid: 1000 }),
      expected: ["permission: Belongs to user 1000; run 'chown root /c'"],
    },
    {
      name: "a file of somebody else when root runs Valet",
      file: owned("/c", 0o100640, { uid: 1000 }),
      user: ROOT,
      expected: ["warning: Belongs to user 1000; run 'chown root /c'"],
    },
    {
      name: "a file in the folder of somebody else",
      file: owned("/d/c", 0o100640),
      folder: owned("/d", 0o40755, { uid: 1000 }),
      expected: ["permission: May be replaced by user 1000, whose directory it is in; run 'chown root /d'"],
    },
    {
      name: "a folder in which everybody writes",
      file: owned("/c", 0o100640),
      folder: owned("/tmp", 0o40777),
      expected: ["permission: May be replaced by everybody in its directory; run 'chmod go-w /tmp'"],
    },
    {
      name: "a folder in which everybody writes but only owners replace",
      file: owned("/c", 0o100640),
      folder: owned("/tmp", 0o41777),
      expected: [],
    },
    {
      name: "a folder in which a foreign group writes",
      file: owned("/c", 0o100640),
      folder: owned("/d", 0o40770, { gid: 1000 }),
      expected: [
        "permission: May be replaced by the foreign group 1000 in its directory; run 'chmod go-w /d'",
      ],
    },
  ]
) {
  Deno.test(`checkWritable has ${expected.length} findings for ${name}`, () => {
    const findings = new Findings();
    checkWritable(findings, { file, directories: [folder], user });
    assertEquals(findings.list.map(({ kind, text }) => `${kind}: ${text}`), expected);
  });
}

for (
  const { name, mode, folderMode, expected } of [
    { name: "a file for its owner and group", mode: 0o640, folderMode: 0o750, expected: [] },
    { name: "a file that everybody reads", mode: 0o644, folderMode: 0o750, expected: ["permission"] },
    { name: "a folder that everybody lists", mode: 0o640, folderMode: 0o755, expected: ["warning"] },
  ]
) {
  Deno.test(`checkReadable finds ${expected.join() || "nothing"} for ${name}`, () => {
    const findings = new Findings();
    checkReadable(findings, { file: owned("/d/c", mode), directories: [owned("/d", folderMode)] });
    assertEquals(findings.list.map(({ kind }) => kind), expected);
  });
}

Deno.test("Findings makes warnings of permissions when it is tolerant", () => {
  const findings = new Findings({ tolerant: true });
  findings.permission("/c", "May be written by everybody");
  assertEquals(findings.list.map(({ kind }) => kind), ["warning"]);
});
