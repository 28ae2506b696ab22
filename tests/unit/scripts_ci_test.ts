import { assertEquals, assertStringIncludes } from "@std/assert";

const RUN = new URL("../../.ci/run", import.meta.url);

const GREEN = "ok | 10 passed (3 steps) | 0 failed (2s)";

interface Outcome {
  /** What the task prints. */
  readonly prints?: string;
  readonly exitCode?: number;
}

/** Runs `.ci/run` in a checkout whose tasks only pretend; those that are not named succeed. */
async function ci(outcomes: Readonly<Record<string, Outcome>>) {
  const checkout = Deno.makeTempDirSync({ prefix: "valet-ci-" });
  try {
    for (const folder of [".ci", "scripts"]) Deno.mkdirSync(`${checkout}/${folder}`);
    Deno.copyFileSync(RUN, `${checkout}/.ci/run`);
    const cases = Object.entries(outcomes).map(([task, { prints = GREEN, exitCode = 0 }]) =>
      `${task}) cat <<'END'\n${prints}\nEND\nexit ${exitCode};;`
    );
    const script = `#!/bin/sh\ncase $2 in\n${cases.join("\n")}\n*) echo '${GREEN}';;\nesac\n`;
    Deno.writeTextFileSync(`${checkout}/scripts/deno`, script, { mode: 0o755 });
    const { code, stdout } = await new Deno.Command(`${checkout}/.ci/run`, { env: { DENORT_BIN: "none" } })
      .output();
    const output = new TextDecoder().decode(stdout);
    return { code, output, last: output.trimEnd().split("\n").at(-1) };
  } finally {
    Deno.removeSync(checkout, { recursive: true });
  }
}

Deno.test(".ci/run closes with the sum of all tests", async () => {
  const { code, last } = await ci({
    "test:long": { prints: "ok | 1 passed | 0 failed (9s)" },
    "test:integration": { prints: `${GREEN}\n\nok | 2 passed | 0 failed (1m)` },
  });
  assertEquals({ code, last }, { code: 0, last: "43 passed, 0 failed" });
});

const FAILURES: readonly { name: string; outcomes: Record<string, Outcome>; last: string }[] = [
  {
    name: "tests that fail",
    outcomes: { test: { prints: "FAILED | 7 passed | 3 failed (1s)", exitCode: 1 } },
    last: "47 passed, 3 failed",
  },
  { name: "a gate that is not passed", outcomes: { ok: { exitCode: 1 } }, last: "50 passed, 1 failed" },
  {
    name: "an executable that can't be built",
    outcomes: { build: { exitCode: 1 } },
    last: "50 passed, 1 failed",
  },
  {
    name: "tests that could not begin",
    outcomes: { test: { prints: "error: Module not found", exitCode: 1 } },
    last: "40 passed, 1 failed",
  },
  {
    name: "tests that are left out without a reason",
    outcomes: { test: { prints: "a ... ignored (0ms)\nok | 9 passed | 0 failed | 1 ignored (1s)" } },
    last: "49 passed, 1 failed",
  },
  {
    name: "tests that are filtered out",
    outcomes: { test: { prints: "ok | 9 passed | 0 failed | 4 filtered out (1s)" } },
    last: "49 passed, 1 failed",
  },
];

for (const { name, outcomes, last } of FAILURES) {
  Deno.test(`.ci/run fails for ${name}, and goes on`, async () => {
    const ended = await ci(outcomes);
    assertEquals({ code: ended.code, last: ended.last }, { code: 1, last });
    assertStringIncludes(ended.output, "== scripts/deno task test:built");
  });
}

Deno.test(".ci/run takes tests that are left out and say why", async () => {
  const prints =
    "a (memory, skipped: it forgets) ... ignored (0ms)\nok | 9 passed | 0 failed | 1 ignored (1s)";
  const { code, last } = await ci({ test: { prints } });
  assertEquals({ code, last }, { code: 0, last: "49 passed, 0 failed" });
});
