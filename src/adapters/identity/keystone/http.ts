import { setTimeout as pause } from "node:timers/promises";
import { Unavailable } from "../../../ports/failures.ts";

/** Longest answer that is read; a page of a thousand projects has about a twentieth of it. */
const MAX_BYTES = 8 * 1024 * 1024;

const RETRY_MS = 200;
const LONGEST_RETRY_AFTER_S = 2;

export interface HttpCall {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Whatever was answered in the end. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Undefined when it is not JSON. */
  readonly body: unknown;
}

export interface HttpOptions {
  /** For one attempt, from its beginning to the last byte of its answer. */
  readonly timeoutMs: number;
  /** Trusted besides those that Deno trusts, as PEM. */
  readonly caCerts?: readonly string[];
}

/** Why an attempt gave no answer. */
class NoAnswer {
  constructor(readonly reason: string, readonly again: boolean) {}
}

/** Speaks with Keystone: bounded in time and size, a second attempt where that may help, redirects not followed. */
export class Http {
  readonly #client: Deno.HttpClient;
  readonly #timeoutMs: number;
  readonly #closed = new AbortController();
  readonly #open = new Set<AbortController>();

  /** Throws `TypeError` for certificates that are none. */
  constructor({ timeoutMs, caCerts = [] }: HttpOptions) {
    this.#timeoutMs = timeoutMs;
    this.#client = Deno.createHttpClient({ caCerts: [...caCerts] });
  }

  /** Throws `Unavailable`; its text holds neither tokens nor what Keystone says, which may repeat one. */
  async send(call: HttpCall): Promise<HttpAnswer> {
    const first = await this.#attempt(call);
    const pauseMs = retryPauseMs(first);
    if (pauseMs === null) return answered(first, call);
    // Closing ends the pause; the attempt that follows fails then.
    await pause(pauseMs, undefined, { signal: this.#closed.signal }).catch(() => {});
    return answered(await this.#attempt(call), call);
  }

  /** Ends calls that are waited for, too. */
  close(): void {
    this.#closed.abort();
    for (const attempt of this.#open) attempt.abort();
    this.#client.close();
  }

  async #attempt({ method, url, headers, body }: HttpCall): Promise<HttpAnswer | NoAnswer> {
    if (this.#closed.signal.aborted) return new NoAnswer("Valet is stopping", false);
    const attempt = new AbortController();
    this.#open.add(attempt);
    const timer = setTimeout(() => attempt.abort(), this.#timeoutMs);
    try {
      const response = await fetch(url, {
        method,
        headers: {
          ...headers,
          accept: "application/json",
          ...(body ? { "content-type": "application/json" } : {}),
        },
        body: body ? JSON.stringify(body) : undefined,
        redirect: "manual",
        signal: attempt.signal,
        client: this.#client,
      });
      const text = await textOf(response);
      if (text === null) return new NoAnswer(`its answer is longer than ${MAX_BYTES} bytes`, false);
      return { status: response.status, headers: response.headers, body: parsed(text) };
    } catch (error) {
      if (this.#closed.signal.aborted) return new NoAnswer("Valet is stopping", false);
      if (attempt.signal.aborted) return new NoAnswer(`not within ${this.#timeoutMs} ms`, false);
      return new NoAnswer(reasonOf(error), true);
    } finally {
      clearTimeout(timer);
      this.#open.delete(attempt);
    }
  }
}

/** How long to wait for a second attempt; null when there is to be none. */
function retryPauseMs(result: HttpAnswer | NoAnswer): number | null {
  if (result instanceof NoAnswer) return result.again ? RETRY_MS : null;
  if ([502, 503, 504].includes(result.status)) return RETRY_MS;
  if (result.status !== 429) return null;
  const wanted = result.headers.get("retry-after") ?? "";
  return /^\d{1,9}$/.test(wanted) && Number(wanted) <= LONGEST_RETRY_AFTER_S ? Number(wanted) * 1000 : null;
}

function answered(result: HttpAnswer | NoAnswer, call: HttpCall): HttpAnswer {
  if (result instanceof NoAnswer) {
    throw new Unavailable("identity", `Keystone gives no answer to ${called(call)}: ${result.reason}`);
  }
  return result;
}

/** Keystone, or what stands before it, answered something that the call can't get. */
export function unexpected({ status }: HttpAnswer, call: HttpCall): Unavailable {
  return new Unavailable(
    "identity",
    `Keystone answers ${called(call)} with ${status}, in an unexpected form or place`,
  );
}

function called({ method, url }: HttpCall): string {
  return `${method} ${url.split("?")[0]}`;
}

/** The error's own words only where they are known to speak of nothing but the connection. */
function reasonOf(error: unknown): string {
  const { name, message } = error as Error;
  return /client error \(\w+\): (.*)$/s.exec(message)?.[1] ?? name;
}

async function textOf(response: Response): Promise<string | null> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_BYTES) return null;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
