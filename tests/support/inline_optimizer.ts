import type { ConfirmedServer } from "../../src/domain/holding.ts";
import type { ExplainQuestion, Explanation } from "../../src/domain/explanation.ts";
import type { MoveAnswer, MoveQuestion } from "../../src/domain/moves.ts";
import type { Decision, PlacementRequest } from "../../src/domain/placement_request.ts";
import type { Engine } from "../../src/engine/mod.ts";
import { DeadlineExceeded } from "../../src/ports/failures.ts";
import type { Optimizer, OptimizerInstance } from "../../src/ports/optimizer.ts";

/** The engine in the thread of the test, called at once. */
export class InlineOptimizer implements Optimizer {
  /** Every request for hosts, in its order. */
  readonly asked: PlacementRequest[] = [];
  /** Bookings that nobody has settled. */
  readonly open = new Set<number>();
  /** Whether no answer comes in time any more. */
  late = false;
  /** Changes placed decisions on their way. */
  distort: (decision: Decision & { kind: "placed" }) => Decision = (decision) => decision;
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  place(request: PlacementRequest): Promise<Decision> {
    return this.#answer(() => {
      this.asked.push(request);
      const decision = this.#engine.place(request);
      if (decision.kind === "refused") return decision;
      this.open.add(decision.bookingId);
      return this.distort(decision);
    });
  }

  explain(request: PlacementRequest, question: ExplainQuestion): Promise<Explanation> {
    return this.#answer(() => this.#engine.explain(request, question));
  }

  settle(bookingId: number, outcome: "kept" | "undone"): void {
    this.open.delete(bookingId);
    this.#engine.settle(bookingId, outcome);
  }

  release(serverIds: readonly string[]): void {
    this.#engine.release(serverIds);
  }

  confirm(servers: readonly ConfirmedServer[]): void {
    this.#engine.confirm(servers);
  }

  planMoves(question: MoveQuestion): Promise<MoveAnswer> {
    return this.#answer(() => this.#engine.planMoves(question));
  }

  groupServers(groupName: string): Promise<readonly string[]> {
    return this.#answer(() => this.#engine.groupServers(groupName));
  }

  invalidPlacements(): Promise<ReadonlyMap<string, string>> {
    return this.#answer(() => this.#engine.invalidPlacements());
  }

  ping(): Promise<OptimizerInstance> {
    return this.#answer(() => ({ ip: "192.0.2.7", id: 3 }));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #answer<T>(answer: () => T): Promise<T> {
    if (this.late) return Promise.reject(new DeadlineExceeded("optimizer", "No answer in time"));
    return Promise.try(answer);
  }
}
