/** Milliseconds of a request's `timeout`, such as `60 sec`; null for none or one that can't be read. */
export function timeoutOf(timeout: string | undefined): number | null {
  const seconds = /^\s*(\d{1,9}(?:\.\d{1,3})?)\s*sec/.exec(timeout ?? "")?.[1];
  return seconds === undefined || Number(seconds) <= 0 ? null : Number(seconds) * 1000;
}
