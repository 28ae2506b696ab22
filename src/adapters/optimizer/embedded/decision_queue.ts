import type { Decision, PlacementRequest } from "../../../domain/placement_request.ts";
import { DeadlineExceeded, Unavailable } from "../../../ports/failures.ts";
import type { EngineThread } from "./engine_thread.ts";

export interface DecisionQueueOptions {
  readonly thread: EngineThread;
  /** A fresh number for each call, the same series for all threads. */
  readonly nextCall: () => number;
  /** Told of a booking before the decision is handed on. */
  readonly booked: (bookingId: number) => void;
  /** Requests that may wait or be worked on; beyond it `Unavailable`. */
  readonly maxOpen: number;
  /** Requests given to the thread at once. The others wait here, where the end of their time costs nothing. */
  readonly window: number;
}

interface Entry {
  readonly request: PlacementRequest;
  readonly resolve: (decision: Decision) => void;
  readonly reject: (error: unknown) => void;
  readonly timer: number;
}

/** The placement requests of one engine thread, in the order of their arrival. */
export class DecisionQueue {
  readonly #options: DecisionQueueOptions;
  readonly #queued = new Map<number, Entry>();
  readonly #sent = new Map<number, Entry>();
  /** Requests that the thread works on, also those that nobody waits for any more. */
  #running = 0;

  constructor(options: DecisionQueueOptions) {
    this.#options = options;
  }

  /** Throws as `Optimizer.place` does, and `EngineFault`. */
  ask(request: PlacementRequest, timeoutMs: number): Promise<Decision> {
    const { maxOpen, nextCall } = this.#options;
    if (this.#queued.size + this.#running >= maxOpen) {
      return Promise.reject(new Unavailable("optimizer", `${maxOpen} decisions are waited for already`));
    }
    const { promise, resolve, reject } = Promise.withResolvers<Decision>();
    const call = nextCall();
    const timer = setTimeout(() => this.#expire(call, timeoutMs), timeoutMs);
    this.#queued.set(call, { request, resolve, reject, timer });
    this.#pump();
    return promise;
  }

  /** Fails what waits. */
  close(reason: Unavailable): void {
    for (const entry of [...this.#queued.values(), ...this.#sent.values()]) {
      clearTimeout(entry.timer);
      entry.reject(reason);
    }
    this.#queued.clear();
    this.#sent.clear();
  }

  #pump(): void {
    for (const [call, entry] of this.#queued) {
      if (this.#running >= this.#options.window) return;
      this.#queued.delete(call);
      this.#sent.set(call, entry);
      this.#running += 1;
      this.#options.thread.ask("place", { call, asks: entry.request })
        .then((decision) => this.#decided(call, decision), (error) => this.#take(call)?.reject(error))
        .finally(() => {
          this.#running -= 1;
          this.#pump();
        });
    }
  }

  #decided(call: number, decision: Decision): void {
    const entry = this.#take(call);
    if (!entry) return;
    if (decision.kind === "refused") return entry.resolve(decision);
    this.#options.booked(call);
    entry.resolve({ ...decision, bookingId: call });
  }

  #take(call: number): Entry | undefined {
    const entry = this.#sent.get(call);
    this.#sent.delete(call);
    clearTimeout(entry?.timer);
    return entry;
  }

  #expire(call: number, timeoutMs: number): void {
    const entry = this.#queued.get(call) ?? this.#sent.get(call)!;
    // What is in the thread's inbox before the order is decided while the booking counts as both kept and undone.
    if (this.#sent.delete(call)) {
      this.#options.thread.tell({ kind: "settle", booking: call, outcome: "undone" });
    }
    this.#queued.delete(call);
    entry.reject(new DeadlineExceeded("optimizer", `No decision within ${timeoutMs} ms`));
  }
}
