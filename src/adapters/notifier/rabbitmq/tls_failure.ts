import { troubleOf } from "./trouble.ts";
import { within } from "./within.ts";

export interface TlsPeer {
  readonly host: string;
  readonly port: number;
  /** PEM certificates of the authorities that are trusted besides the well-known ones. */
  readonly ca: string | null;
}

/** Why TLS with a server does not come about, which the driver's error does not tell; null when it does. */
export async function tlsFailure({ host, port, ca }: TlsPeer, limitMs: number): Promise<string | null> {
  const connecting = Deno.connectTls({ hostname: host, port, caCerts: ca === null ? [] : [ca] });
  try {
    const connection = await within(limitMs, connecting);
    await within(limitMs, connection.handshake());
    return null;
  } catch (error) {
    return troubleOf(error).reason;
  } finally {
    connecting.then((connection) => connection.close(), () => {});
  }
}
