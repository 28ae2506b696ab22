import { WrongValue } from "./wrong_value.ts";

const CHUNK_BYTES = 262_144;

/** The text of a UTF-8 file, piece by piece, without a byte order mark. Throws `WrongValue` for bytes that are no text. */
export async function* textOf(path: string): AsyncGenerator<string> {
  using file = await Deno.open(path, { read: true });
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const bytes = new Uint8Array(CHUNK_BYTES);
  for (let read = await file.read(bytes); read !== null; read = await file.read(bytes)) {
    yield decode(() => decoder.decode(bytes.subarray(0, read!), { stream: true }));
  }
  yield decode(() => decoder.decode());
}

function decode(work: () => string): string {
  try {
    return work();
  } catch (cause) {
    throw new WrongValue("Wanted a text in UTF-8", { cause });
  }
}
