import type { Settings } from "../settings/settings.ts";
import { type ConfigChoice, settingsToRun } from "./configuration.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import { startFailure } from "./failures.ts";
import type { RunningService, Surroundings } from "./surroundings.ts";
import { trial } from "./trial.ts";
import { version } from "./version.ts";

/** Serves until it is told to stop. */
export async function serve(choice: ConfigChoice, surroundings: Surroundings): Promise<ExitCode> {
  const settings = await settingsToRun(choice, surroundings);
  if (typeof settings === "number") return settings;
  const stopped = surroundings.stopSignals.first();
  const service = await start(settings, surroundings);
  if (typeof service === "number") return service;
  announce(service, { settings, print: surroundings.print });
  await stopped;
  surroundings.print("Stopping, a second signal ends it at once");
  await service.stop();
  return EXIT.ok;
}

async function start(
  settings: Settings,
  { compose, complain }: Surroundings,
): Promise<RunningService | ExitCode> {
  try {
    return await compose(settings);
  } catch (error) {
    const failure = startFailure(error, settings);
    if (failure === null) throw error;
    complain(`error: ${failure.text}`);
    return failure.exitCode;
  }
}

function announce(
  { url }: RunningService,
  { settings, print }: { settings: Settings; print: (line: string) => void },
): void {
  print(`Valet ${version()} listens on ${url}`);
  print(`  reference  ${url}/docs`);
  print(`  OpenAPI    ${url}/openapi.json`);
  print(`  readiness  ${url}/readyz`);
  const { demo, identity } = settings;
  if (demo && identity.driver === "static") { for (const line of trial(url, identity)) print(line); }
}
