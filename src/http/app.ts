import { Hono } from "hono";
import { OutsideFailure } from "../ports/failures.ts";
import type { RelayedAnswer, RelayedCall } from "../ports/relay.ts";
import { type Access, accessOf } from "../usecases/access.ts";
import { type Answer, send, type Sent } from "./answer.ts";
import type { AppOptions, PeerInfo } from "./app_options.ts";
import { isBelowVersion, pathOf, queryOf, routedPath } from "./call_path.ts";
import { credentialsOf } from "./credentials.ts";
import { errorAnswer, unauthorized, unavailable } from "./errors.ts";
import { notificationOf } from "./notification.ts";
import { type Call, NOT_FOUND, type Resource } from "./resource.ts";
import { RESOURCES } from "./routes/mod.ts";
import { serviceRoutes } from "./routes/service.ts";

/** What a request carries from middleware to middleware. */
interface Trail {
  readonly requestId: string;
  readonly peer: PeerInfo;
  readonly startedMs: number;
  route: string;
  access: Access | null;
  requestBody: unknown;
  /** The answer of a routed call, before it is sent. */
  answer: Answer;
}

interface Env {
  Bindings: Trail;
}

export interface App {
  fetch(request: Request, peer: PeerInfo): Promise<Response>;
  /** Works on a call that another process took and gives away. Throws like a use case. */
  work(call: RelayedCall): Promise<RelayedAnswer>;
}

/** The whole HTTP side of the service. */
export function createApp(options: AppOptions): App {
  const routed = createRouter(options);
  let inFlight = 0;

  /** Order: the limit first, as it protects all the rest; then the answer; then what must see every answer. */
  const fetch = async (request: Request, peer: PeerInfo): Promise<Response> => {
    const trail = newTrail(request, { options, peer });
    // Whoever looks after a busy service has to see that it is alive.
    const limited = inFlight >= options.limits.inFlight && !PROBES.includes(pathOf(request.url));
    inFlight++;
    options.context.metrics.requestsInFlight(1);
    try {
      const answer = limited
        ? unavailable(request.headers.get("accept"))
        : isHost(request.headers.get("host"))
        ? await inTime(request, { options, trail, routed })
        : errorAnswer(400, "The Host header must be a name or an address, with or without a port");
      const sent = await send(answer, trail)
        .catch((error) => send(failureAnswer(error, { request, options, trail }), trail));
      observe(request, sent, { options, trail });
      return request.method === "HEAD" ? new Response(null, sent.response) : sent.response;
    } finally {
      inFlight--;
      options.context.metrics.requestsInFlight(-1);
    }
  };
  const here = createRouter({ ...options, relay: null });
  const work = async (call: RelayedCall): Promise<RelayedAnswer> => {
    const { method, target, accept, root, body } = call;
    const headers = new Headers(accept === null ? [] : [["accept", accept]]);
    const request = new Request(root + target, { method, headers, body });
    const trail = trailOf(call, options);
    await here.fetch(request, trail);
    if ("list" in trail.answer) {
      throw new Error(`A list is not for other processes to read: ${method} ${target}`);
    }
    return trail.answer;
  };
  return { fetch, work };
}

const PROBES = ["/livez", "/readyz", "/metrics"];

/** A name, an IPv4 address or a bracketed IPv6 address, and perhaps a port; the server makes it part of the URL. */
const HOST = /^(?:[\w.~-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

function isHost(host: string | null): boolean {
  return host === null || HOST.test(host);
}

/** Answers the routed request, or 503 when that takes too long; what was begun goes on and is not lost. */
async function inTime(
  request: Request,
  { options, trail, routed }: { options: AppOptions; trail: Trail; routed: Hono<Env> },
): Promise<Answer> {
  const { promise: late, resolve } = Promise.withResolvers<Answer>();
  const timer = setTimeout(
    () => resolve(unavailable(request.headers.get("accept"))),
    options.limits.requestMs,
  );
  const answered = Promise.resolve(routed.fetch(request, trail))
    .then(() => trail.answer, (error) => failureAnswer(error, { request, options, trail }));
  try {
    return await Promise.race([answered, late]);
  } finally {
    clearTimeout(timer);
  }
}

const HANDLED = new Response(null);

function createRouter(options: AppOptions): Hono<Env> {
  const app = new Hono<Env>({ strict: true, getPath: (request) => routedPath(request.url) });
  const answered = (trail: Trail, answer: Answer) => {
    trail.answer = answer;
    return HANDLED;
  };
  for (const resource of RESOURCES) {
    app.all(resource.path, async (c) => {
      const params = paramsOf(resource, (name) => c.req.param(name));
      return answered(c.env, await routeCall(c.req.raw, { options, trail: c.env, resource, params }));
    });
  }
  for (const { path, allow, handle } of serviceRoutes(options)) {
    app.all(path, async (c) => {
      c.env.route = path;
      return answered(c.env, await handle({ request: c.req.raw, peer: c.env.peer, allow }));
    });
  }
  app.notFound(async (c) => {
    const request = c.req.raw;
    if (!isBelowVersion(pathOf(request.url))) return answered(c.env, NOT_FOUND);
    c.env.access = await authenticate(request, options);
    return answered(c.env, c.env.access ? NOT_FOUND : unauthorized());
  });
  app.onError((error) => {
    throw error;
  });
  return app;
}

/** The decoded parameters of a resource's path; a malformed escape stays as it is and names nothing. */
function paramsOf({ params }: Resource, read: (name: string) => string | undefined): Record<string, string> {
  return Object.fromEntries(Object.keys(params).map((name) => [name, read(name) ?? ""]));
}

async function routeCall(
  request: Request,
  { options, trail, resource, params }: {
    options: AppOptions;
    trail: Trail;
    resource: Resource;
    params: Record<string, string>;
  },
): Promise<Answer> {
  trail.route = resource.path;
  if (!resource.open) {
    trail.access ??= await authenticate(request, options);
    if (!trail.access) return unauthorized();
  }
  const call: Call = {
    request,
    method: request.method,
    params,
    root: options.publicUrl ?? rootOf(request.url),
    query: queryOf(request.url),
    requestId: trail.requestId,
    access: trail.access,
    options,
    onBody: (body) => trail.requestBody = body,
  };
  return await resource.dispatch(call);
}

/** Scheme and authority of a URL. */
function rootOf(url: string): string {
  const end = url.indexOf("/", url.indexOf("//") + 2);
  return end === -1 ? url : url.slice(0, end);
}

/** Who calls, or null for anybody who may not. */
async function authenticate(request: Request, options: AppOptions): Promise<Access | null> {
  const credentials = credentialsOf(request);
  const caller = credentials && await options.context.identity.authenticate(credentials);
  return caller ? accessOf(caller, options) : null;
}

/** A failure of the outside is 503; anything else is a bug, of which the client learns nothing. */
function failureAnswer(
  error: unknown,
  { request, options, trail }: { request: Request; options: AppOptions; trail: Trail },
): Answer {
  const { logger } = options.context;
  const fields = { requestId: trail.requestId, route: trail.route, method: request.method };
  if (error instanceof OutsideFailure) {
    logger.warn("A dependency failed", { ...fields, part: error.part, reason: error.message });
    return unavailable(request.headers.get("accept"));
  }
  logger.error("A request failed", { ...fields, error });
  return errorAnswer(500);
}

/** Of a call that another process took; it has looked who calls, and tells of the answer. */
function trailOf({ requestId, caller }: RelayedCall, options: AppOptions): Trail {
  return {
    requestId,
    peer: { remoteAddress: "" },
    startedMs: options.context.clock.monotonicMs(),
    route: "unknown",
    access: accessOf(caller, options),
    requestBody: null,
    answer: NOT_FOUND,
  };
}

const REQUEST_ID = /^req-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function newTrail(request: Request, { options, peer }: { options: AppOptions; peer: PeerInfo }): Trail {
  const given = request.headers.get("x-openstack-request-id");
  const { ids, clock } = options.context;
  return {
    requestId: given !== null && REQUEST_ID.test(given) ? given : `req-${ids.uuid()}`,
    peer,
    startedMs: clock.monotonicMs(),
    route: "unknown",
    access: null,
    requestBody: null,
    answer: NOT_FOUND,
  };
}

/** Log, metrics and notification of an answer that is on its way. */
function observe(
  request: Request,
  { status, body }: Sent,
  { options, trail }: { options: AppOptions; trail: Trail },
): void {
  const { context: { logger, metrics, clock }, notifier } = options;
  const durationMs = clock.monotonicMs() - trail.startedMs;
  const { method } = request;
  metrics.requestEnded({ route: trail.route, method, status, durationMs });
  const path = pathOf(request.url);
  if (logger.enabled("info")) {
    logger.info("Answered a request", {
      requestId: trail.requestId,
      method,
      path,
      status,
      durationMs: Math.round(durationMs * 1000) / 1000,
      projectId: trail.access?.caller.projectId ?? null,
      peer: trail.peer.remoteAddress,
    });
  }
  if (notifier.active && (path === "/" || isBelowVersion(path))) {
    notifier.publish(() =>
      notificationOf({
        caller: trail.access?.caller ?? null,
        method,
        path,
        requestBody: trail.requestBody,
        status,
        responseBody: body,
      })
    );
  }
}
