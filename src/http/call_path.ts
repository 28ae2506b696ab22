/**
 * The path by which a request is routed: without its query and without one slash at the end. A path with an empty
 * or a dot segment, which no route has, becomes one that matches nothing but stays below `/v1` if it was.
 */
export function routedPath(url: string): string {
  const start = url.indexOf("/", url.indexOf("//") + 2);
  const end = endOfPath(url, start);
  const path = start === -1 || start >= end ? "/" : url.slice(start, end);
  if (path === "/") return path;
  if (ODD_SEGMENT.test(path)) return isBelowVersion(path) ? `/v1/${NOWHERE}` : `/${NOWHERE}`;
  return path.endsWith("/") ? path.slice(0, -1) : path;
}

/** A segment that no client can send, as it would arrive encoded. */
const NOWHERE = " ";

/** An empty segment before the last, or a segment of dots, encoded or not. */
const ODD_SEGMENT = /\/\/|\/(?:\.|%2e){1,2}(?:\/|$)/i;

function endOfPath(url: string, start: number): number {
  for (let index = Math.max(0, start); index < url.length; index++) {
    const character = url[index];
    if (character === "?" || character === "#") return index;
  }
  return url.length;
}

/** The part of a URL after `?`. */
export function queryOf(url: string): string {
  const start = url.indexOf("?");
  return start === -1 ? "" : url.slice(start + 1);
}

/** Path and query as the client spelt them. */
export function targetOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("//") + 2);
  return start === -1 ? "/" : url.slice(start);
}

/** The path as the client spelt it. */
export function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("//") + 2);
  return start === -1 ? "/" : url.slice(start, endOfPath(url, start));
}

/** Whether a path belongs to the part of the service that needs a token. */
export function isBelowVersion(path: string): boolean {
  return path === "/v1" || path.startsWith("/v1/");
}
