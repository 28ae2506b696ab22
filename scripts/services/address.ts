import { within } from "./waiting.ts";

/** Where something listens. */
export interface Address {
  readonly hostname: string;
  readonly port: number;
}

export function shownAddress({ hostname, port }: Address): string {
  return `${hostname}:${port}`;
}

/** Whether anything at all accepts connections there. */
export async function isTaken(address: Address): Promise<boolean> {
  try {
    (await Deno.connect(address)).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return false;
    throw error;
  }
}

/** The first `length` bytes of what is answered to `bytes`; null without such an answer within two seconds. */
export async function answerTo(
  address: Address,
  { bytes, length }: { bytes: readonly number[]; length: number },
): Promise<Uint8Array | null> {
  const connection = await within(Deno.connect(address), 2000);
  if (connection === null) return null;
  try {
    const answer = new Uint8Array(length);
    const read = async () => {
      await connection.write(new Uint8Array(bytes));
      for (let got = 0; got < length;) {
        const count = await connection.read(answer.subarray(got));
        if (count === null) return null;
        got += count;
      }
      return answer;
    };
    return await within(read(), 2000);
  } finally {
    connection.close();
  }
}

/** The first of `count` ports in a row that nobody listened on a moment ago. */
export function freePorts(count: number): number {
  for (let attempt = 0; attempt < 100; attempt++) {
    const first = 20_000 + Math.floor(Math.random() * 10_000);
    if (Array.from({ length: count }, (_, index) => first + index).every((port) => isFree(port))) {
      return first;
    }
  }
  throw new Error(`Wanted ${count} free ports in a row between 20000 and 30000, found none`);
}

function isFree(port: number, hostname = "127.0.0.1"): boolean {
  try {
    Deno.listen({ hostname, port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
}

/** An address of 127.0.0.0/8 on which nobody listens on any of these ports, nor on the next two addresses. */
export function freeLoopback(ports: readonly number[]): string {
  for (let attempt = 0; attempt < 100; attempt++) {
    const network = `127.${16 + Math.floor(Math.random() * 200)}.${Math.floor(Math.random() * 250)}`;
    const addresses = [1, 2, 3].map((host) => `${network}.${host}`);
    if (addresses.every((hostname) => ports.every((port) => isFree(port, hostname)))) return addresses[0];
  }
  throw new Error(`Wanted a loopback address with the ports ${ports.join(", ")} free, found none`);
}
