export interface HttpListenerOptions {
  readonly hostname: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Serves TLS, and HTTP/2 besides HTTP/1.1; both in PEM form. Null serves neither. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  readonly handler: (
    request: Request,
    info: Deno.ServeHandlerInfo<Deno.NetAddr>,
  ) => Response | Promise<Response>;
  /** How long `close` waits for answers that are being worked on. */
  readonly drainMs: number;
}

/** How long `close` waits for connections that have no request to answer. */
const IDLE_MS = 100;

/** A listening socket and the requests that come in through it. */
export class HttpListener {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #drainMs: number;
  #inFlight = 0;
  #idle = Promise.withResolvers<void>();

  /** Listens from now on. Throws `Deno.errors.AddrInUse` and the like. */
  constructor({ hostname, port, tls, handler, drainMs }: HttpListenerOptions) {
    this.#drainMs = drainMs;
    const count = (change: 1 | -1) => {
      this.#inFlight += change;
      if (this.#inFlight === 0) this.#idle.resolve();
    };
    this.#server = Deno.serve({ hostname, port, ...tls, onListen: () => {} }, (request, info) => {
      count(1);
      info.completed.catch(() => {}).finally(() => count(-1));
      return handler(request, info);
    });
  }

  get port(): number {
    return this.#server.addr.port;
  }

  /**
   * Accepts nothing more and resolves when all answers are sent, at the latest after `drainMs`. A connection whose
   * request never became complete does not hold it up; such a connection ends with the process.
   */
  async close(): Promise<void> {
    this.#idle = Promise.withResolvers();
    if (this.#inFlight === 0) this.#idle.resolve();
    const closed = this.#server.shutdown();
    await within(this.#drainMs, Promise.race([closed, this.#idle.promise]));
    await within(IDLE_MS, closed);
  }
}

/** Resolves with `work`, at the latest after `limitMs`. */
async function within(limitMs: number, work: Promise<void>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, limitMs);
  await Promise.race([work, late]);
  clearTimeout(timer);
}
