import { fileURLToPath } from "node:url";
import { pythonEnvironment } from "../../scripts/services/python.ts";
import { linesOf } from "./lines.ts";

const PROGRAM = fileURLToPath(new URL("./oslo_listen.py", import.meta.url));

/** What a consumer of oslo.messaging is given. */
export interface OsloNotification {
  /** In lower case: the method that was called. */
  readonly priority: string;
  readonly publisher_id: string | null;
  readonly event_type: string;
  readonly payload: unknown;
  readonly metadata: { readonly message_id: string | null; readonly timestamp: string | null };
  readonly context: Readonly<Record<string, unknown>>;
}

/** A consumer of notifications with the library that OpenStack's own consumers are made with. */
export class OsloListener implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #lines: AsyncGenerator<string>;

  private constructor(process: Deno.ChildProcess) {
    this.#process = process;
    this.#lines = linesOf(process.stdout);
  }

  /** Resolves when its queues are bound. `options` are oslo.messaging's, as `group.option=value`. */
  static async start(url: string, options: readonly string[] = []): Promise<OsloListener> {
    const process = new Deno.Command(`${await pythonEnvironment()}/bin/python`, {
      args: [PROGRAM, url, ...options],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const listener = new OsloListener(process);
    await listener.#line();
    return listener;
  }

  /** The next notification, however long it takes. */
  async next(): Promise<OsloNotification> {
    return JSON.parse(await this.#line());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.stdin.close().catch(() => {});
    while (!(await this.#lines.next()).done) { /* what it printed unasked */ }
    await this.#process.status;
  }

  async #line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`The listener ended with ${(await this.#process.status).code}`);
    return value;
  }
}
