import { Unavailable } from "../../../ports/failures.ts";
import type { Failure, FromEngine, Order, Question, QuestionKind, Questions, ToEngine } from "./protocol.ts";

export interface EngineThreadOptions {
  readonly spawn: () => Worker;
  /** A thread that owes answers and gives none for so long has died. */
  readonly stallMs: number;
  readonly monotonicMs: () => number;
}

/** An exception in the engine on one question; the thread goes on. */
export class EngineFault extends Error {}

interface Caller {
  readonly resolve: (answers: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** The time since the last answer is looked at so often at least. */
const LONGEST_WATCH_MS = 1000;

/**
 * One worker from its start to its end. What is sent in one turn of the event loop goes as one message, since a message
 * costs more than what is in it.
 */
export class EngineThread {
  readonly #worker: Worker;
  readonly #monotonicMs: () => number;
  readonly #callers = new Map<number, Caller>();
  readonly #ended = Promise.withResolvers<Error>();
  readonly #watch: number;
  #outbox: ToEngine[] = [];
  #owedSinceMs = 0;
  #over = false;

  constructor({ spawn, stallMs, monotonicMs }: EngineThreadOptions) {
    this.#worker = spawn();
    this.#monotonicMs = monotonicMs;
    this.#worker.onmessage = ({ data }: MessageEvent<readonly FromEngine[]>) => {
      this.#owedSinceMs = monotonicMs();
      for (const answer of data) this.#receive(answer);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.end(new Error(`The engine's thread died: ${event.message}`));
    };
    this.#worker.onmessageerror = () => this.end(new Error("The engine's thread sent what can't be read"));
    this.#watch = setInterval(() => {
      const owesMs = this.#callers.size === 0 ? 0 : monotonicMs() - this.#owedSinceMs;
      if (owesMs > stallMs) this.end(new Error(`The engine's thread gave no answer for ${stallMs} ms`));
    }, Math.min(LONGEST_WATCH_MS, stallMs / 2));
  }

  /** Resolves with the reason when the thread has ended. */
  get ended(): Promise<Error> {
    return this.#ended.promise;
  }

  /** Throws `EngineFault` when the engine fails on this question, `Unavailable` when the thread ends before it answers. */
  ask<K extends QuestionKind>(
    kind: K,
    { call, asks }: { call: number; asks: Questions[K]["asks"] },
  ): Promise<Questions[K]["answers"]> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    if (this.#over) return Promise.reject(ended());
    if (this.#callers.size === 0) this.#owedSinceMs = this.#monotonicMs();
    this.#callers.set(call, { resolve, reject });
    this.#send({ kind, call, asks } as Question);
    return promise as Promise<Questions[K]["answers"]>;
  }

  tell(order: Order): void {
    if (!this.#over) this.#send(order);
  }

  /** Stops the thread at once; its open questions fail. */
  end(reason: Error): void {
    if (this.#over) return;
    this.#over = true;
    clearInterval(this.#watch);
    this.#worker.terminate();
    for (const { reject } of this.#callers.values()) reject(ended());
    this.#callers.clear();
    this.#ended.resolve(reason);
  }

  #send(message: ToEngine): void {
    if (this.#outbox.length === 0) queueMicrotask(() => this.#flush());
    this.#outbox.push(message);
  }

  #flush(): void {
    const messages = this.#outbox;
    this.#outbox = [];
    if (!this.#over) this.#worker.postMessage(messages);
  }

  #receive(answer: FromEngine): void {
    if (answer.call === null) return this.end(fault(answer.failure));
    const caller = this.#callers.get(answer.call);
    if (!caller) return;
    this.#callers.delete(answer.call);
    if ("failure" in answer) caller.reject(fault(answer.failure));
    else caller.resolve(answer.answers);
  }
}

function ended(): Unavailable {
  return new Unavailable("optimizer", "The engine's thread ended");
}

function fault({ message, stack }: Failure): EngineFault {
  const error = new EngineFault(message);
  error.stack = stack;
  return error;
}
