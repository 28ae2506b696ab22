import type { z } from "zod";
import { type Access, mayCall, type Operation } from "../usecases/access.ts";
import type { UseCaseContext } from "../usecases/context.ts";
import { Problem } from "../usecases/problem.ts";
import { type Answer, NO_CONTENT } from "./answer.ts";
import type { AppOptions } from "./app_options.ts";
import { NOT_JSON, parseBody, type ParsedBody, readBody } from "./body.ts";
import { errorAnswer, methodNotAllowed, problemAnswer, unauthorized } from "./errors.ts";
import type { QueryParameter } from "./query.ts";
import { relayed } from "./relayed.ts";
import { validationText } from "./validation_text.ts";

/** One request on its way through a resource. */
export interface Call {
  readonly request: Request;
  readonly method: string;
  /** Values of the pattern's parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Scheme and authority for links, without a slash at the end. */
  readonly root: string;
  /** Text after `?`, as it came. */
  readonly query: string;
  readonly requestId: string;
  /** Null for resources that need no token. */
  readonly access: Access | null;
  readonly options: AppOptions;
  /** Told the body once it is parsed, for the notification. */
  readonly onBody: (body: unknown) => void;
}

/** An answer of a method as it is documented. */
export interface Documented {
  readonly status: number;
  readonly description: string;
  readonly schema?: z.ZodType;
  readonly example?: unknown;
}

interface MethodBase<Found, Body> {
  readonly summary: string;
  /** What the query may hold; everything else in it is ignored. */
  readonly query?: readonly QueryParameter[];
  readonly success: Documented;
  /** Whether a second time changes nothing more, so that a call whose answer was lost may be given to another process. */
  readonly repeatable?: boolean;
  /** Statuses of documented refusals with an example of their explanation. */
  readonly errors: readonly (readonly [status: 400 | 404 | 409 | 500 | 503, explanation: string])[];
  readonly handle: (
    ctx: UseCaseContext,
    access: Access,
    input: Input<Found, Body>,
  ) => Promise<Answer | Problem>;
}

export interface Input<Found, Body> {
  readonly found: Found;
  readonly body: Body;
  readonly call: Call;
}

/** A method without a body. */
export interface PlainMethod<Found> extends MethodBase<Found, null> {
  readonly body?: undefined;
}

/** A method whose body is checked by a schema. */
export interface BodyMethod<Found, Body> extends MethodBase<Found, Body> {
  readonly body: {
    readonly schema: z.ZodType<Body>;
    readonly example: unknown;
    /** Whether an empty body stands for `{}`, and `{}` is fine. */
    readonly optional?: boolean;
  };
}

/** What documentation and tests read of a method. */
export interface MethodSummary {
  readonly summary: string;
  readonly query?: readonly QueryParameter[];
  readonly success: Documented;
  readonly errors: readonly (readonly [number, string])[];
  readonly body:
    | { readonly schema: z.ZodType; readonly example: unknown; readonly optional?: boolean }
    | null;
}

/** One row of the route table: a path with everything that may be done there. */
export interface Resource {
  readonly path: string;
  readonly tag: string;
  /** Descriptions of the path's parameters. */
  readonly params: Readonly<Record<string, string>>;
  /** Whether it answers without a token. */
  readonly open: boolean;
  readonly kind: Operation["kind"];
  /** Whether no method changes anything, whatever its name. */
  readonly reads: boolean;
  readonly methods: ReadonlyMap<string, MethodSummary>;
  /** Value of `Allow`. */
  readonly allow: string;
  /** Answers a call; authentication lies behind it already. */
  readonly dispatch: (call: Call) => Promise<Answer>;
}

type Method<Found> = (call: Call, found: Found, parsed: ParsedBody) => Promise<Answer | Problem>;

export interface ResourceDefinition<Found> {
  readonly path: string;
  readonly tag: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly open?: boolean;
  readonly kind?: Operation["kind"];
  /** Whether no method changes anything, whatever its name. */
  readonly reads?: boolean;
  /** The kind of one call, where its body decides. */
  readonly kindOf?: (method: string, body: ParsedBody) => Operation["kind"];
  /** Looks up what the path names; its refusal comes before any other but 401. */
  readonly find: (ctx: UseCaseContext, access: Access, call: Call) => Promise<Found | Problem> | Found;
  /** Whether reading needs the optimizer too, and not the store alone. */
  readonly asksOptimizer?: boolean;
  readonly methods: readonly DefinedMethod<Found>[];
}

/** A method made by `plain` or `withBody`. */
export interface DefinedMethod<Found> {
  readonly name: string;
  readonly summary: MethodSummary;
  readonly repeatable: boolean;
  readonly run: Method<Found>;
}

export function plain<Found>(name: string, method: PlainMethod<Found>): DefinedMethod<Found> {
  return {
    name,
    summary: { ...method, body: null },
    repeatable: method.repeatable ?? SAFE.includes(name),
    run: (call, found) => method.handle(call.options.context, call.access!, { found, body: null, call }),
  };
}

export function withBody<Found, Body>(name: string, method: BodyMethod<Found, Body>): DefinedMethod<Found> {
  return {
    name,
    summary: { ...method, body: method.body },
    repeatable: method.repeatable ?? false,
    run: async (call, found, parsed) => {
      const body = checkBody(parsed, method.body);
      if (body instanceof Problem) return body;
      return await method.handle(call.options.context, call.access!, { found, body, call });
    },
  };
}

/** A row of the route table from its definition; the order of checks is the contract's. */
export function resource<Found>(definition: ResourceDefinition<Found>): Resource {
  const { path, tag, params = {}, open = false, kind = "general", reads = false } = definition;
  const methods = new Map(definition.methods.map((method) => [method.name, method]));
  const allow = [...methods.keys()].join(",");
  return {
    path,
    tag,
    params,
    open,
    kind,
    reads,
    methods: new Map(definition.methods.map(({ name, summary }) => [name, summary])),
    allow,
    dispatch: (call) => dispatch(definition, { methods, allow, kind }, call),
  };
}

const SAFE = ["GET", "HEAD", "OPTIONS"];

async function dispatch<Found>(
  { kindOf, find, reads = false, asksOptimizer = false }: ResourceDefinition<Found>,
  { methods, allow, kind }: {
    methods: ReadonlyMap<string, DefinedMethod<Found>>;
    allow: string;
    kind: Operation["kind"];
  },
  call: Call,
): Promise<Answer> {
  const { access, method, options } = call;
  const write = !reads && !SAFE.includes(method);
  if (access && !mayCall(access, { kind, write })) return unauthorized();
  const defined = methods.get(method);
  const parsed = await bodyOf(call, defined);
  if ("status" in parsed) return parsed;
  if (access && kindOf && !mayCall(access, { kind: kindOf(method, parsed), write })) return unauthorized();
  if (access && defined && parsed.kind !== "malformed" && (asksOptimizer || !SAFE.includes(method))) {
    const answer = await relayed({ ...call, access }, { parsed, repeatable: defined.repeatable });
    if (answer !== null) return answer;
  }
  const found = await find(options.context, access!, call);
  if (found instanceof Problem) return refuse(found, call);
  if (method === "OPTIONS") return { ...NO_CONTENT, headers: { Allow: allow } };
  if (!defined) return methodNotAllowed(method, allow);
  const answer = await defined.run(call, found, parsed);
  return answer instanceof Problem ? refuse(answer, call) : answer;
}

function refuse(problem: Problem, { access, request }: Call): Answer {
  return problemAnswer(problem, { admin: access?.admin ?? false, accept: request.headers.get("accept") });
}

/** The parsed body of a method that takes one; bodies of all others are never looked at. */
async function bodyOf<Found>(
  { request, options: { limits }, onBody }: Call,
  defined: DefinedMethod<Found> | undefined,
): Promise<ParsedBody | Extract<Answer, { status: number; body?: object }>> {
  if (!defined?.summary.body) return { kind: "empty" };
  const raw = await readBody(request, limits);
  if ("refusal" in raw) return raw.refusal;
  const parsed = parseBody(raw.bytes, limits);
  if (parsed.kind === "value") onBody(parsed.value);
  return parsed;
}

function checkBody<Body>(
  parsed: ParsedBody,
  { schema, optional = false }: { schema: z.ZodType<Body>; optional?: boolean },
): Body | Problem {
  const bad = (explanation: string) => new Problem({ symbol: "bad_request", explanation });
  if (parsed.kind === "malformed") return bad(parsed.explanation);
  if (parsed.kind === "empty" && !optional) return bad(NOT_JSON);
  const value = parsed.kind === "empty" ? {} : parsed.value;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return bad("-> top level is not of type dictionary");
  }
  if (!optional && Object.keys(value).length === 0) {
    return bad("-> top level has no data to validate against schema");
  }
  const checked = schema.safeParse(value);
  return checked.success ? checked.data : bad(validationText(checked.error, value));
}

/** What an unknown path gets. */
export const NOT_FOUND: Answer = errorAnswer(404);
