/** Whether a part of the outside answers. */
export interface Connection {
  readonly part: string;
  /** What goes wrong, in words for an operator; null when the part answers. */
  readonly failure: string | null;
}

/** Opens a part and asks it for an answer; throws when there is none. What it opens it leaves to the stack. */
export type Probe = (stack: AsyncDisposableStack) => Promise<unknown>;

/** Asks all parts at the same time, each with a deadline of its own, and tells them in the order given. */
export function testConnections(
  probes: Readonly<Record<string, Probe>>,
  { timeoutMs }: { timeoutMs: number },
): Promise<readonly Connection[]> {
  return Promise.all(
    Object.entries(probes).map(async ([part, probe]) => {
      const stack = new AsyncDisposableStack();
      const failure = await failureOf(() => probe(stack), timeoutMs);
      const unclosed = await failureOf(() => stack.disposeAsync(), timeoutMs);
      return { part, failure: failure ?? unclosed };
    }),
  );
}

async function failureOf(work: () => Promise<unknown>, timeoutMs: number): Promise<string | null> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`No answer within ${timeoutMs / 1000} s`)), timeoutMs);
  try {
    await Promise.race([work(), late]);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
}
