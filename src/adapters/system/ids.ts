import type { Ids } from "../../ports/ids.ts";

/** Ids from the runtime's cryptographic source. */
export class RandomIds implements Ids {
  uuid(): string {
    return crypto.randomUUID();
  }
}
