/** What a handler answers, before it becomes bytes: kept as values, so that notifications need not parse them again. */
export type Answer = BodyAnswer | ListAnswer;

export interface BodyAnswer {
  readonly status: number;
  /** A JSON value; absent for an empty body. */
  readonly body?: object;
  /** Plain text or a page in place of JSON, with its content type. */
  readonly text?: { readonly contentType: string; readonly content: string };
  readonly headers?: Readonly<Record<string, string>>;
}

/** A list of unknown length: pages of wire objects under one key. */
export interface ListAnswer {
  readonly status: 200;
  readonly list: { readonly key: string; readonly pages: AsyncIterable<readonly object[]> };
}

const JSON_TYPE = "application/json";

export function ok(body: object): BodyAnswer {
  return { status: 200, body };
}

export function created(body: object): BodyAnswer {
  return { status: 201, body };
}

export const NO_CONTENT: BodyAnswer = { status: 204 };

/** An answer ready to be sent, with what a notification says of its body. */
export interface Sent {
  readonly response: Response;
  readonly status: number;
  /** The JSON body as a value, a raw text, or null for an empty or a long streamed one. */
  readonly body: unknown;
}

/** Turns an answer into a response that carries `requestId`. */
export async function send(answer: Answer, { requestId }: { requestId: string }): Promise<Sent> {
  if ("list" in answer) return await sendList(answer, requestId);
  const { status, body, text } = answer;
  const headers: Record<string, string> = { ...answer.headers, "X-OpenStack-Request-ID": requestId };
  if (body !== undefined) {
    headers["Content-Type"] = JSON_TYPE;
    return { response: new Response(JSON.stringify(body), { status, headers }), status, body };
  }
  if (text !== undefined) {
    headers["Content-Type"] = text.contentType;
    return { response: new Response(text.content, { status, headers }), status, body: text.content };
  }
  return { response: new Response(null, { status, headers }), status, body: null };
}

/** One page is sent whole, with its length; more than one is streamed as the store gives them. */
async function sendList({ status, list: { key, pages } }: ListAnswer, requestId: string): Promise<Sent> {
  const iterator = pages[Symbol.asyncIterator]();
  const first = await iterator.next();
  const second = first.done ? first : await iterator.next();
  if (second.done) {
    const body = { [key]: first.done ? [] : first.value };
    return await send({ status, body }, { requestId });
  }
  const headers = { "Content-Type": JSON_TYPE, "X-OpenStack-Request-ID": requestId };
  const chunks = chunked(key, [first.value, second.value], iterator);
  return { response: new Response(ReadableStream.from(chunks), { status, headers }), status, body: null };
}

async function* chunked(
  key: string,
  begun: readonly (readonly object[])[],
  rest: AsyncIterator<readonly object[]>,
): AsyncIterable<Uint8Array> {
  const encoder = new TextEncoder();
  const encode = (page: readonly object[]) => page.map((item) => JSON.stringify(item)).join(",");
  yield encoder.encode(`{${JSON.stringify(key)}:[${begun.map(encode).join(",")}`);
  for (let next = await rest.next(); !next.done; next = await rest.next()) {
    yield encoder.encode("," + encode(next.value));
  }
  yield encoder.encode("]}");
}
