import { assertEquals, assertLessOrEqual, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";
import { output, testOn } from "../support/machine.ts";

const UNIT = fileURLToPath(new URL("../../config/valet.service", import.meta.url));
const EXECUTABLE = fileURLToPath(new URL("../../dist/valet", import.meta.url));

testOn({ programs: ["systemd-analyze"] }, {
  name: "config/valet.service is a unit that systemd finds no fault with",
  fn: async () => {
    const folder = Deno.makeTempDirSync();
    try {
      const unit = `${folder}/valet.service`;
      Deno.writeTextFileSync(unit, Deno.readTextFileSync(UNIT).replace("/usr/bin/valet", EXECUTABLE));
      assertEquals(await output(["systemd-analyze", "verify", "--man=no", unit]), "");
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});

testOn({ programs: ["systemd-analyze"] }, {
  name: "config/valet.service exposes no more than 2 of 10",
  fn: async () => {
    const told = await output(["systemd-analyze", "security", "--offline=true", "--no-pager", UNIT]);
    const [, exposure] = /Overall exposure level for valet\.service: ([\d.]+)/.exec(told) ?? [];
    assertLessOrEqual(Number(exposure), 2);
  },
});

Deno.test("config/valet.service leaves the compiler of JavaScript its memory, and stops later than Valet drains", () => {
  const unit = Deno.readTextFileSync(UNIT);
  assertEquals(/^MemoryDenyWriteExecute/m.test(unit), false);
  assertMatch(unit, /^TimeoutStopSec=90$/m);
});
