import type { Settings } from "../settings/settings.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";

const PRIVILEGED_PORTS = 1024;

/** Why the service didn't start, in words for an operator, and the exit status that fits. */
export interface StartFailure {
  readonly text: string;
  readonly exitCode: ExitCode;
}

/** What an error of starting means; null for one that is a bug. */
export function startFailure(error: unknown, { server }: Settings): StartFailure | null {
  const { host, port } = server;
  const failed = (text: string): StartFailure => ({ text, exitCode: EXIT.failed });
  if (error instanceof Deno.errors.AddrInUse) {
    return failed(
      `Port ${port} of '${host}' is in use; stop the other program, or choose a port with --port`,
    );
  }
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return failed(`This machine has no address '${host}'; choose one with --host`);
  }
  if (error instanceof Deno.errors.PermissionDenied && port < PRIVILEGED_PORTS) {
    return failed(`Port ${port} is for root; choose one from ${PRIVILEGED_PORTS} on with --port`);
  }
  if (error instanceof URIError) {
    return failed(`'${host}' is no name and no address; choose one with --host`);
  }
  if (error instanceof Deno.errors.NotCapable) {
    return failed(`This program may not listen on '${host}'; choose another address with --host`);
  }
  if (error instanceof Error && error.message.startsWith("failed to lookup address")) {
    return failed(`The name '${host}' leads to no address; choose one with --host`);
  }
  if (!isOutsideFailure(error)) return null;
  return error.retryAfterMs === undefined
    ? { text: error.message, exitCode: EXIT.badConfig }
    : failed(error.message);
}

/** An `OutsideFailure` of the ports, known by its fields: final ones call for another configuration. */
function isOutsideFailure(error: unknown): error is Error & { part: string; retryAfterMs?: number } {
  return error instanceof Error && "part" in error;
}
