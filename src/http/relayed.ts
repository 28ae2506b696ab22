import type { Access } from "../usecases/access.ts";
import type { Answer } from "./answer.ts";
import type { ParsedBody } from "./body.ts";
import { targetOf } from "./call_path.ts";
import type { Call } from "./resource.ts";

/** The answer of the process that decides; null when this is the one. Throws what `Relay.send` throws. */
export async function relayed(
  { options: { relay }, request, method, access, root, requestId }: Call & { readonly access: Access },
  { parsed, repeatable }: { readonly parsed: ParsedBody; readonly repeatable: boolean },
): Promise<Answer | null> {
  if (relay === null || relay.here) return null;
  return await relay.send({
    method,
    target: targetOf(request.url),
    caller: access.caller,
    accept: request.headers.get("accept"),
    root,
    requestId,
    body: parsed.kind === "value" ? JSON.stringify(parsed.value) : null,
    repeatable,
  });
}
