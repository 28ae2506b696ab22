import type { DataCenter } from "../../../domain/data_center.ts";
import type { ExplainQuestion, Explanation } from "../../../domain/explanation.ts";
import type { Holding } from "../../../domain/holding.ts";
import type { MoveAnswer, MoveQuestion } from "../../../domain/moves.ts";
import type { Decision, PlacementRequest } from "../../../domain/placement_request.ts";
import type { Clock } from "../../../ports/clock.ts";
import { DeadlineExceeded, Unavailable } from "../../../ports/failures.ts";
import type { Logger } from "../../../ports/logger.ts";
import type { Optimizer, OptimizerInstance } from "../../../ports/optimizer.ts";
import { DecisionQueue } from "./decision_queue.ts";
import { EngineFault, EngineThread } from "./engine_thread.ts";
import { OpenBookings } from "./open_bookings.ts";
import { Pause } from "./pause.ts";
import type { Order, QuestionKind, Questions, SearchLimits } from "./protocol.ts";

/** What the engine's model is made of. */
export interface Model {
  readonly dataCenter: DataCenter;
  /** What is stored as held. Nothing may be read from the store before the first page is asked for. */
  readonly holdings: AsyncIterable<readonly Holding[]>;
  /** Resolves when `holdings` may be asked for; absent where that is at once. */
  readonly turn?: () => Promise<void>;
}

export interface EmbeddedOptimizerOptions {
  readonly loadModel: () => Promise<Model>;
  readonly instance: OptimizerInstance;
  readonly limits: SearchLimits;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Questions that may wait for an answer; beyond it `Unavailable`. */
  readonly maxOpen?: number;
  /** Placement requests given to the engine's thread at once. */
  readonly window?: number;
  /** How long the engine may give no sign of life beyond the emergency stop of a search. */
  readonly graceMs?: number;
  /** How long a new engine waits for the end of bookings that the one before it made. */
  readonly settleMs?: number;
  /** The longest pause between two attempts to load the model. */
  readonly maxPauseMs?: number;
  readonly spawn?: () => Worker;
  /** Told when an engine begins to answer, and when it ends. */
  readonly readyChanged?: (ready: boolean) => void;
}

/** One engine with its model loaded. */
interface Generation {
  readonly thread: EngineThread;
  readonly queue: DecisionQueue;
}

/** An engine that ends sooner than this after it was ready is raised again only after a pause. */
const SHORT_LIFE_MS = 10_000;

const FIRST_PAUSE_MS = 100;

/**
 * The engine in a thread of this process. When the thread dies, what waits fails, and a new thread takes over with a
 * model that is built anew from the inventory and the store; README.md tells why nothing is lost on the way.
 */
export class EmbeddedOptimizer implements Optimizer {
  readonly #options: Required<EmbeddedOptimizerOptions>;
  readonly #open = new OpenBookings<EngineThread>();
  readonly #pause = new Pause();
  /** The thread that is being loaded or that answers. */
  #thread: EngineThread | null = null;
  #ready: Generation | null = null;
  /** Orders that came while the store was being read; null at any other time. */
  #journal: Order[] | null = null;
  #life: Promise<void> | null = null;
  #lastCall = 0;
  #asked = 0;
  #closed = false;

  constructor(options: EmbeddedOptimizerOptions) {
    this.#options = {
      maxOpen: 1000,
      window: 32,
      graceMs: 10_000,
      settleMs: 30_000,
      maxPauseMs: 5000,
      spawn: spawnWorker,
      readyChanged: () => {},
      ...options,
    };
  }

  /**
   * Starts the engine; resolves when it is ready, when it waits for its turn, or when its model can't be had at the
   * moment and will be tried again. Throws `Rejected` when the data is wrong. Called once.
   */
  start(): Promise<void> {
    const started = Promise.withResolvers<void>();
    this.#life = this.#live(started);
    return started.promise;
  }

  async place(request: PlacementRequest, { timeoutMs }: { readonly timeoutMs: number }): Promise<Decision> {
    const { queue } = this.#answering();
    try {
      return await queue.ask(request, timeoutMs);
    } catch (error) {
      throw this.#told(error, { question: "place", stackId: request.stackId });
    }
  }

  settle(bookingId: number, outcome: "kept" | "undone"): void {
    const { logger } = this.#options;
    const maker = this.#open.take(bookingId);
    if (!maker) return logger.error("Booking to settle is not open", { booking: bookingId, outcome });
    if (maker === this.#thread) return maker.tell({ kind: "settle", booking: bookingId, outcome });
    const tooLate = this.#ready !== null || this.#journal !== null;
    if (tooLate && outcome === "kept") {
      this.#thread?.end(new Error("A booking of an earlier engine was kept after the store was read"));
    }
  }

  release(serverIds: readonly string[]): void {
    this.#tell({ kind: "release", serverIds });
  }

  confirm(servers: readonly { readonly serverId: string; readonly resourceId: string | null }[]): void {
    this.#tell({ kind: "confirm", servers });
  }

  explain(
    request: PlacementRequest,
    question: ExplainQuestion,
    options: { readonly timeoutMs: number },
  ): Promise<Explanation> {
    return this.#ask("explain", { request, question }, options);
  }

  planMoves(question: MoveQuestion, options: { readonly timeoutMs: number }): Promise<MoveAnswer> {
    return this.#ask("planMoves", question, options);
  }

  groupServers(groupName: string, options: { readonly timeoutMs: number }): Promise<readonly string[]> {
    return this.#ask("groupServers", groupName, options);
  }

  invalidPlacements(options: { readonly timeoutMs: number }): Promise<ReadonlyMap<string, string>> {
    return this.#ask("invalidPlacements", null, options);
  }

  async ping(options: { readonly timeoutMs: number }): Promise<OptimizerInstance> {
    await this.#ask("ping", null, options);
    return this.#options.instance;
  }

  /** Ends the engine, if it holds anything yet; the next one waits for its turn anew. */
  restart(reason: string): void {
    if (this.#ready !== null || this.#journal !== null) {
      this.#thread?.end(new Unavailable("optimizer", reason));
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#pause.cut();
    this.#thread?.end(new Error("The optimizer was closed"));
    await this.#life;
  }

  /** Raises engines one after another until the optimizer is closed. */
  async #live(started: PromiseWithResolvers<void>): Promise<void> {
    const { logger, clock, maxPauseMs } = this.#options;
    let pauseMs = 0;
    for (let attempt = 1; !this.#closed; attempt++) {
      const fromMs = clock.monotonicMs();
      try {
        const { thread, queue } = await this.#raise(started);
        const readyMs = clock.monotonicMs();
        logger.info("Engine is ready", { loadMs: Math.round(readyMs - fromMs) });
        started.resolve();
        this.#options.readyChanged(true);
        const reason = await thread.ended;
        this.#ready = null;
        this.#options.readyChanged(false);
        queue.close(new Unavailable("optimizer", "The engine ended before it decided"));
        if (this.#closed) return;
        if (reason instanceof Unavailable) logger.info("Engine ended", { reason: reason.message });
        else logger.error("Engine ended, another is started", { error: reason });
        if (clock.monotonicMs() - readyMs >= SHORT_LIFE_MS) pauseMs = 0;
      } catch (error) {
        if (attempt === 1 && !(error instanceof Unavailable)) return started.reject(error);
        if (this.#closed) break;
        logger.error("Engine can't be loaded, it is tried again", { error });
        started.resolve();
        pauseMs = Math.max(pauseMs, FIRST_PAUSE_MS);
      }
      if (pauseMs > 0) await this.#pause.wait(pauseMs);
      pauseMs = Math.min(Math.max(pauseMs * 2, FIRST_PAUSE_MS), maxPauseMs);
    }
    started.resolve();
  }

  async #raise(started: PromiseWithResolvers<void>): Promise<Generation> {
    const { loadModel, limits, clock, spawn, graceMs, maxOpen, window } = this.#options;
    const nextCall = () => ++this.#lastCall;
    const stallMs = limits.emergencyMs + graceMs;
    const thread = new EngineThread({ spawn, stallMs, monotonicMs: () => clock.monotonicMs() });
    this.#thread = thread;
    try {
      const { dataCenter, holdings, turn } = await loadModel();
      await thread.ask("load", { call: nextCall(), asks: { dataCenter, limits } });
      if (turn) {
        started.resolve();
        await Promise.race([turn(), failed(thread.ended)]);
      }
      await this.#settled(thread);
      this.#journal = [];
      for await (const page of holdings) await thread.ask("hold", { call: nextCall(), asks: page });
      for (const order of this.#journal) thread.tell(order);
      const booked = (id: number) => this.#open.add(id, thread);
      this.#ready = { thread, queue: new DecisionQueue({ thread, nextCall, booked, maxOpen, window }) };
      return this.#ready;
    } catch (error) {
      thread.end(error as Error);
      throw error;
    } finally {
      this.#journal = null;
    }
  }

  /** Waits for the bookings of earlier engines: until then the store may still get what they placed. */
  async #settled(thread: EngineThread): Promise<void> {
    const { settleMs, logger } = this.#options;
    const left = await this.#open.left({ timeoutMs: settleMs, givenUp: thread.ended });
    if (this.#closed) throw new Unavailable("optimizer", "The optimizer was closed");
    if (left > 0) logger.error("Bookings of an ended engine are not settled", { left });
  }

  #answering(): Generation {
    if (this.#ready) return this.#ready;
    throw new Unavailable("optimizer", "The engine is loading its model");
  }

  #tell(order: Order): void {
    if (this.#ready) this.#ready.thread.tell(order);
    else this.#journal?.push(order);
  }

  async #ask<K extends QuestionKind>(
    kind: K,
    asks: Questions[K]["asks"],
    { timeoutMs }: { readonly timeoutMs: number },
  ): Promise<Questions[K]["answers"]> {
    const { thread } = this.#answering();
    const { maxOpen } = this.#options;
    if (this.#asked >= maxOpen) {
      throw new Unavailable("optimizer", `${maxOpen} answers are waited for already`);
    }
    const { promise: late, reject } = Promise.withResolvers<never>();
    const expire = () => reject(new DeadlineExceeded("optimizer", `No answer within ${timeoutMs} ms`));
    const timer = setTimeout(expire, timeoutMs);
    this.#asked += 1;
    try {
      return await Promise.race([thread.ask(kind, { call: ++this.#lastCall, asks }), late]);
    } catch (error) {
      throw this.#told(error, { question: kind });
    } finally {
      clearTimeout(timer);
      this.#asked -= 1;
    }
  }

  /** What a caller gets for an exception of the engine, which only the log sees. */
  #told(error: unknown, fields: Readonly<Record<string, unknown>>): unknown {
    if (!(error instanceof EngineFault)) return error;
    this.#options.logger.error("Engine failed on a question", { ...fields, error });
    return new Unavailable("optimizer", "The engine failed on this request", undefined, { cause: error });
  }
}

async function failed(ended: Promise<Error>): Promise<never> {
  throw await ended;
}

/** Where its source is, or in the executable where the build script has put it, with all that it imports. */
const WORKER = Deno.build.standalone
  ? new URL("./worker.js", import.meta.url)
  : new URL("./worker.ts", import.meta.url);

function spawnWorker(): Worker {
  return new Worker(WORKER, { type: "module", name: "engine" });
}
