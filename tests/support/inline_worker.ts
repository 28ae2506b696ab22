import { clearImmediate, setImmediate } from "node:timers";
import { EngineHost } from "../../src/adapters/optimizer/embedded/engine_host.ts";
import type { ToEngine } from "../../src/adapters/optimizer/embedded/protocol.ts";

/**
 * The engine's side of the protocol in the thread of the test, with the engine's own host behind it, so that a test
 * says when messages are worked off and when the thread dies.
 */
export class InlineWorker extends EventTarget implements Worker {
  onmessage: ((event: MessageEvent) => void) | null = null;
  onmessageerror: ((event: MessageEvent) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  /** Every message that came, in its order. */
  readonly received: (readonly ToEngine[])[] = [];
  terminated = false;
  readonly #host = new EngineHost({ monotonicMs: () => performance.now() });
  readonly #inbox: (readonly ToEngine[])[] = [];
  #paused = false;
  #turn: NodeJS.Immediate | null = null;

  postMessage(message: readonly ToEngine[]): void {
    const copy = structuredClone(message);
    this.received.push(copy);
    this.#inbox.push(copy);
    this.#schedule();
  }

  terminate(): void {
    this.terminated = true;
    if (this.#turn !== null) clearImmediate(this.#turn);
  }

  /** Messages wait until `resume`. */
  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#schedule();
  }

  /** The thread dies of an uncaught exception. */
  crash(message: string): void {
    this.terminate();
    this.onerror?.(new ErrorEvent("error", { message, cancelable: true }));
  }

  #schedule(): void {
    if (this.#turn !== null || this.#paused || this.terminated) return;
    this.#turn = setImmediate(() => {
      this.#turn = null;
      this.#workOff();
    });
  }

  #workOff(): void {
    while (this.#inbox.length > 0 && !this.#paused && !this.terminated) {
      this.#host.handle(this.#inbox.shift()!, (answers) => {
        this.onmessage?.(new MessageEvent("message", { data: structuredClone(answers) }));
      });
    }
  }
}
