import { Engine } from "../../../engine/mod.ts";
import type { Failure, FromEngine, Order, Question, Questions, ToEngine } from "./protocol.ts";

export interface EngineHostOptions {
  /** Milliseconds of a clock that never goes back. */
  readonly monotonicMs: () => number;
  /** Answers wait at most this long for others that are sent with them. */
  readonly batchMs?: number;
}

/** The engine's side of the protocol: works off messages in their order, whatever one of them does. */
export class EngineHost {
  readonly #options: Required<EngineHostOptions>;
  /** The engine's booking ids, by call. */
  readonly #bookings = new Map<number, number>();
  #engine: Engine | null = null;

  constructor({ batchMs = 2, ...options }: EngineHostOptions) {
    this.#options = { batchMs, ...options };
  }

  /** Works off a batch; `send` is called with answers while it lasts and at its end. */
  handle(messages: readonly ToEngine[], send: (answers: readonly FromEngine[]) => void): void {
    const { monotonicMs, batchMs } = this.#options;
    let answers: FromEngine[] = [];
    let sentMs = monotonicMs();
    for (const message of messages) {
      const answer = this.#take(message);
      if (answer) answers.push(answer);
      if (answers.length === 0 || monotonicMs() - sentMs < batchMs) continue;
      send(answers);
      answers = [];
      sentMs = monotonicMs();
    }
    if (answers.length > 0) send(answers);
  }

  #take(message: ToEngine): FromEngine | null {
    try {
      if ("call" in message) return { call: message.call, answers: this.#answer(message) };
      this.#obey(message);
      return null;
    } catch (error) {
      const failure = failureOf(error as Error);
      return "call" in message ? { call: message.call, failure } : { call: null, failure };
    }
  }

  #answer(question: Question): Questions[typeof question.kind]["answers"] {
    switch (question.kind) {
      case "load":
        return this.#load(question.asks);
      case "hold":
        for (const holding of question.asks) this.#loaded().hold(holding);
        return null;
      case "place": {
        const decision = this.#loaded().place(question.asks);
        if (decision.kind === "placed") this.#bookings.set(question.call, decision.bookingId);
        return decision;
      }
      case "explain":
        return this.#loaded().explain(question.asks.request, question.asks.question);
      case "planMoves":
        return this.#loaded().planMoves(question.asks);
      case "groupServers":
        return this.#loaded().groupServers(question.asks);
      case "invalidPlacements":
        return this.#loaded().invalidPlacements();
      case "ping":
        return null;
    }
  }

  #obey(order: Order): void {
    switch (order.kind) {
      case "settle": {
        const booking = this.#bookings.get(order.booking);
        if (booking === undefined) return;
        this.#bookings.delete(order.booking);
        return this.#loaded().settle(booking, order.outcome);
      }
      case "release":
        return this.#loaded().release(order.serverIds);
      case "confirm":
        return this.#loaded().confirm(order.servers);
    }
  }

  #load({ dataCenter, limits }: Questions["load"]["asks"]): null {
    const { monotonicMs } = this.#options;
    this.#engine = new Engine(dataCenter, { ...limits, monotonicMs });
    return null;
  }

  #loaded(): Engine {
    if (!this.#engine) throw new Error("The model is not loaded");
    return this.#engine;
  }
}

function failureOf({ message, stack = "" }: Error): Failure {
  return { message, stack };
}
