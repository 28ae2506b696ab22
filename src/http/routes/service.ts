import { accessOf } from "../../usecases/access.ts";
import { type Answer, NO_CONTENT } from "../answer.ts";
import type { AppOptions, PeerInfo } from "../app_options.ts";
import { credentialsOf } from "../credentials.ts";
import { docsPage } from "../docs/page.ts";
import { methodNotAllowed, unauthorized } from "../errors.ts";
import { openApiDocument } from "../openapi.ts";
import { SERVICE_DOCUMENTS, type ServicePath } from "./service_documents.ts";

export interface ServiceCall {
  readonly request: Request;
  readonly peer: PeerInfo;
  readonly allow: string;
}

/** A route beside the contract: for operators and readers, without notification. */
export interface ServiceRoute {
  readonly path: string;
  readonly allow: string;
  readonly handle: (call: ServiceCall) => Promise<Answer> | Answer;
}

type Get = (call: ServiceCall) => Promise<Answer> | Answer;

/** Liveness, readiness, metrics and documentation. */
export function serviceRoutes(options: AppOptions): readonly ServiceRoute[] {
  const gets: Record<ServicePath, Get> = {
    "/livez": () => ({ status: 200, body: { status: "ok" } }),
    "/readyz": () => readiness(options),
    "/metrics": (call) => metrics(call, options),
    "/openapi.json": once(() => openApi(options)),
    "/docs": once(() => docsPage(openApiDocument(options.version))),
  };
  return Object.entries(gets).map(([path, get]) => route(path, get));
}

/** Makes an answer for the first who asks, and keeps it: the start does not wait for what few ever read. */
function once(make: () => Answer): Get {
  let made: Answer | null = null;
  return () => made ??= make();
}

function openApi({ version }: AppOptions): Answer {
  const { contentType } = SERVICE_DOCUMENTS["/openapi.json"];
  return { status: 200, text: { contentType, content: JSON.stringify(openApiDocument(version)) } };
}

const ALLOW = "GET";

function route(path: string, get: Get): ServiceRoute {
  return {
    path,
    allow: ALLOW,
    handle: (call) => {
      const { method } = call.request;
      if (method === "GET" || method === "HEAD") return get(call);
      if (method === "OPTIONS") return { ...NO_CONTENT, headers: { Allow: ALLOW } };
      return methodNotAllowed(method, ALLOW);
    },
  };
}

async function readiness({ ready }: AppOptions): Promise<Answer> {
  const { ok, checks } = await ready();
  return { status: ok ? 200 : 503, body: { status: ok ? "ok" : "failed", checks } };
}

/** For an admin, and without a token for peers that the configuration trusts. */
async function metrics({ request, peer }: ServiceCall, options: AppOptions): Promise<Answer> {
  if (!options.metricsAllowed(peer.remoteAddress)) {
    const credentials = credentialsOf(request);
    const caller = credentials && await options.context.identity.authenticate(credentials);
    if (!caller || !accessOf(caller, options)?.admin) return unauthorized();
  }
  const { contentType, text } = await options.context.metrics.expose();
  return { status: 200, text: { contentType, content: text } };
}
