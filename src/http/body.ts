import { errorAnswer } from "./errors.ts";
import type { BodyAnswer } from "./answer.ts";

export interface BodyLimits {
  readonly bodyBytes: number;
  readonly jsonDepth: number;
}

/** The body as it came, or the answer for one that is too large. */
export type RawBody = { readonly bytes: Uint8Array } | { readonly refusal: BodyAnswer };

const EMPTY = new Uint8Array();

/** Reads a body up to the limit; one that announces more is refused unread. */
export async function readBody(request: Request, { bodyBytes }: BodyLimits): Promise<RawBody> {
  const tooLarge = { refusal: errorAnswer(413, `The request body must be at most ${bodyBytes} bytes`) };
  if (Number(request.headers.get("content-length") ?? 0) > bodyBytes) return tooLarge;
  if (!request.body) return { bytes: EMPTY };
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of request.body) {
      size += chunk.byteLength;
      if (size > bodyBytes) return tooLarge;
      chunks.push(chunk);
    }
  } catch {
    // The client went away, or what it sent is no HTTP: nothing of this service is at fault.
    return { refusal: errorAnswer(400, NOT_JSON) };
  }
  return { bytes: chunks.length === 1 ? chunks[0] : joined(chunks, size) };
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

/** A JSON value, nothing for an empty body, or what is wrong with the text. */
export type ParsedBody =
  | { readonly kind: "empty" }
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "malformed"; readonly explanation: string };

export const NOT_JSON = "No JSON object could be decoded";

const DECODER = new TextDecoder("utf-8", { fatal: true });

/** Parses UTF-8 JSON, whatever the request's content type says. */
export function parseBody(bytes: Uint8Array, { jsonDepth }: BodyLimits): ParsedBody {
  if (bytes.byteLength === 0) return { kind: "empty" };
  if (isDeeperThan(bytes, jsonDepth)) {
    return { kind: "malformed", explanation: `-> JSON must be nested at most ${jsonDepth} levels deep` };
  }
  try {
    const text = DECODER.decode(bytes);
    const value = JSON.parse(text);
    return isWellFormed(text, value)
      ? { kind: "value", value }
      : { kind: "malformed", explanation: "-> JSON must not contain half of a surrogate pair" };
  } catch {
    return { kind: "malformed", explanation: NOT_JSON };
  }
}

/**
 * Whether every string is Unicode. Only an escape can make one that is not; a store that keeps UTF-8 would give back
 * another string for it. `JSON.stringify` leaves such halves escaped, and nothing else of their kind.
 */
function isWellFormed(text: string, value: unknown): boolean {
  if (!/\\u[dD][89a-fA-F]/.test(text)) return true;
  return !/(?<!\\)(?:\\\\)*\\ud[89a-f]/.test(JSON.stringify(value));
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** `[` and `{` differ in this bit alone, and so do `]` and `}`. */
const BRACE = 0x20;
const OPENING = 0x7b;
const CLOSING = 0x7d;

/** Looks at brackets outside strings, without building anything: a bomb of brackets costs one pass. */
function isDeeperThan(bytes: Uint8Array, limit: number): boolean {
  let depth = 0;
  let quoted = false;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index];
    if (quoted) {
      if (byte === BACKSLASH) index++;
      else if (byte === QUOTE) quoted = false;
    } else if (byte === QUOTE) quoted = true;
    else if ((byte | BRACE) === OPENING) {
      if (++depth > limit) return true;
    } else if ((byte | BRACE) === CLOSING) depth--;
  }
  return false;
}
