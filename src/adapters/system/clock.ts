import type { Clock } from "../../ports/clock.ts";

/** The clocks of this machine. */
export class SystemClock implements Clock {
  nowMs(): number {
    return Date.now();
  }

  monotonicMs(): number {
    return performance.now();
  }
}
