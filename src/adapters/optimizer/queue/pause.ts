/** Waits so long, or until it is woken. */
export async function pause(ms: number, woken?: Promise<void>): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await (woken ? Promise.race([over, woken]) : over);
  clearTimeout(timer);
}
