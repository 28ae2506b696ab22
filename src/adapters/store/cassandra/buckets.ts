import type { Change } from "./changes.ts";
import type { CassandraConnection } from "./connection.ts";
import { damaged, notWriting } from "./failures.ts";
import { LEDGER, MARKS } from "./tables.ts";

/** A place in the ledger. */
export interface Mark {
  readonly bucket: number;
  readonly seq: number;
  readonly stamp: number;
}

/** What the next entry follows. */
export interface Head extends Mark {
  /** Entries and characters in the bucket. */
  readonly entries: number;
  readonly text: number;
}

const START: Mark = { bucket: 0, seq: 0, stamp: 0 };

/** The epoch of a bucket that is complete. */
export const COMPLETE = -1;

/** What an earlier term has written. */
interface Entry {
  readonly stamp: number;
  readonly changes: readonly Change[];
}

/** Up to where the ledger was carried over. */
export async function readMark(connection: CassandraConnection, site: string): Promise<Mark> {
  const [row] = await connection.read(
    `SELECT bucket, seq, stamp FROM ${connection.table(MARKS)} WHERE site = ?`,
    [site],
  );
  return row ? { bucket: row.bucket, seq: Number(row.seq), stamp: Number(row.stamp) } : START;
}

/** Takes the last bucket over, bucket by bucket from a mark, and reads what was written after the mark. */
export async function fence(
  connection: CassandraConnection,
  { site, epoch, from }: { readonly site: string; readonly epoch: number; readonly from: Mark },
): Promise<{ head: Head; entries: Entry[] }> {
  const entries: Entry[] = [];
  let last: Mark = from;
  for (let bucket = from.bucket;; bucket++) {
    const found = await epochOf(connection, { site, bucket });
    if (found !== null && found >= epoch) throw notWriting();
    if (found !== COMPLETE) {
      const { done } = await setEpoch(connection, { site, bucket, to: epoch, from: found });
      if (!done) throw notWriting();
    }
    const rows = await entriesOf(connection, { site, bucket, after: from.seq });
    entries.push(...rows.map(({ entry }) => entry));
    const end = rows.at(-1);
    last = end ? { bucket, seq: end.seq, stamp: end.entry.stamp } : { ...last, bucket };
    if (found === COMPLETE) continue;
    const text = rows.reduce((sum, { size }) => sum + size, 0);
    return { head: { ...last, entries: rows.length, text }, entries };
  }
}

async function entriesOf(
  connection: CassandraConnection,
  { site, bucket, after }: { readonly site: string; readonly bucket: number; readonly after: number },
): Promise<{ seq: number; size: number; entry: Entry }[]> {
  const rows = await connection.read(
    `SELECT seq, stamp, changes FROM ${connection.table(LEDGER)} WHERE site = ? AND bucket = ? AND seq > ?`,
    [site, bucket, after],
  );
  return rows.map(({ seq, stamp, changes }) => {
    const entry = { stamp: Number(stamp), changes: parsed(changes, `the ledger's entry ${seq}`) };
    return { seq: Number(seq), size: changes.length, entry };
  });
}

function parsed(text: string, what: string): Change[] {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw damaged(what, error);
  }
}

/** Who may append to a bucket; null for one that was not begun. */
export async function epochOf(
  connection: CassandraConnection,
  { site, bucket }: { readonly site: string; readonly bucket: number },
): Promise<number | null> {
  const [row] = await connection.readSerial(
    `SELECT epoch FROM ${connection.table(LEDGER)} WHERE site = ? AND bucket = ? LIMIT 1`,
    [site, bucket],
  );
  return row?.epoch === undefined || row.epoch === null ? null : Number(row.epoch);
}

/** Says who may append to a bucket, if it is who it was thought to be. */
export function setEpoch(
  connection: CassandraConnection,
  { site, bucket, to, from }: { site: string; bucket: number; to: number; from: number | null },
): Promise<{ done: boolean }> {
  return connection.writeIf(
    `UPDATE ${connection.table(LEDGER)} SET epoch = ? WHERE site = ? AND bucket = ? IF epoch = ?`,
    [to, site, bucket, from],
  );
}
