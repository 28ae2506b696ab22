import { type ConfigChoice, settingsToRun } from "./configuration.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import { startFailure } from "./failures.ts";
import type { SchemaMaker, Surroundings } from "./surroundings.ts";

/** Makes what the store lacks unless it is only to be told, leaves what it has; one line per object. */
export async function populate(
  { check = false, ...choice }: ConfigChoice & { readonly check?: boolean },
  surroundings: Surroundings,
): Promise<ExitCode> {
  const settings = await settingsToRun(choice, surroundings);
  if (typeof settings === "number") return settings;
  try {
    const maker = await surroundings.composeSchema(settings);
    try {
      return await report(check ? maker.check() : maker.populate(), surroundings);
    } finally {
      await maker.close();
    }
  } catch (error) {
    const failure = startFailure(error, settings);
    if (failure === null) throw error;
    surroundings.complain(`error: ${failure.text}`);
    return failure.exitCode;
  }
}

async function report(
  steps: ReturnType<SchemaMaker["populate"]>,
  { print, complain }: Surroundings,
): Promise<ExitCode> {
  const counts = { created: 0, exists: 0, differs: 0 };
  for await (const { object, state, remedy } of steps) {
    counts[state] += 1;
    print(`${state.padEnd("created".length)}  ${object}`);
    if (remedy !== undefined) complain(`error: ${object}: ${remedy}`);
  }
  print(`${counts.created} created, ${counts.exists} existed, ${counts.differs} differ`);
  return counts.differs > 0 ? EXIT.schemaDiffers : EXIT.ok;
}
