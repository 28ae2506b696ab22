/** Resolves after so many milliseconds. */
export function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

/** The value of a promise, or null when it takes too long or fails. */
export async function within<T>(promise: Promise<T>, limitMs: number): Promise<T | null> {
  const { promise: late, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(resolve, limitMs, null);
  try {
    return await Promise.race([promise.catch(() => null), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves when `condition` holds; throws what was `wanted` when it never does. */
export async function until(
  condition: () => Promise<boolean>,
  { limitMs, wanted, pauseMs = 100 }: { limitMs: number; wanted: string; pauseMs?: number },
): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!await condition()) {
    if (performance.now() > deadline) throw new Error(`Wanted that ${wanted}, not so after ${limitMs} ms`);
    await pause(pauseMs);
  }
}
