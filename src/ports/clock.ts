export interface Clock {
  /** Milliseconds since the epoch, for what is stored. */
  nowMs(): number;
  /** Milliseconds of a clock that never goes back, for durations. */
  monotonicMs(): number;
}
