import type { Credentials } from "../ports/identity.ts";
import { routedPath } from "./call_path.ts";

/** What a request shows of who sends it; null without a token. */
export function credentialsOf({ headers, method, url }: Request): Credentials | null {
  const token = headers.get("x-auth-token");
  if (!token) return null;
  return { token, serviceToken: headers.get("x-service-token"), call: { method, path: routedPath(url) } };
}
