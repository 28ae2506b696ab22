import { Buffer } from "node:buffer";
import type { Letter, Mail } from "../../../ports/mail.ts";
import type { CassandraConnection } from "./connection.ts";
import { MAIL, PROCESSES } from "./tables.ts";

export interface CassandraMailOptions {
  readonly connection: CassandraConnection;
  readonly site: string;
  /** This process. */
  readonly process: string;
  /** How long a process counts as there after it said so. */
  readonly seconds?: number;
}

/** Letters of one partition. */
const BUCKET = 500;

/** Letters that are read at once. */
const PAGE = 50;

/** A text of more characters is packed: it might be more than Cassandra takes as one row. */
const PLAIN_TEXT = 256 * 1024;
const PACKED = "gzip:";

/** Rows that go away by themselves; a reader asks for what comes behind the letter that it has read last. */
export class CassandraMail implements Mail {
  readonly #options: Required<CassandraMailOptions>;

  constructor(options: CassandraMailOptions) {
    this.#options = { seconds: 10, ...options };
  }

  async announce(): Promise<void> {
    const { connection, site, process, seconds } = this.#options;
    await connection.write(
      `INSERT INTO ${connection.table(PROCESSES)} (site, process) VALUES (?, ?) USING TTL ?`,
      [site, process, seconds],
    );
  }

  async processes(): Promise<readonly string[]> {
    const { connection, site } = this.#options;
    const rows = await connection.read(
      `SELECT process FROM ${connection.table(PROCESSES)} WHERE site = ?`,
      [site],
    );
    return rows.map(({ process }) => process);
  }

  async put(box: string, { number, text }: Letter): Promise<void> {
    const { connection } = this.#options;
    await connection.write(
      `INSERT INTO ${connection.table(MAIL)} (box, bucket, seq, letter) VALUES (?, ?, ?, ?)`,
      [this.#boxKey(box), bucketOf(number), number, await packed(text)],
    );
  }

  async read(box: string, after: number): Promise<readonly Letter[]> {
    const { connection } = this.#options;
    const rows = await connection.read(
      `SELECT seq, letter FROM ${connection.table(MAIL)} WHERE box = ? AND bucket = ? AND seq > ? LIMIT ?`,
      [this.#boxKey(box), bucketOf(after + 1), after, PAGE],
    );
    return await Promise.all(
      rows.map(async ({ seq, letter }) => ({ number: seq as number, text: await unpacked(letter) })),
    );
  }

  #boxKey(box: string): string {
    return `${this.#options.site}/${box}`;
  }
}

function bucketOf(number: number): number {
  return Math.floor(number / BUCKET);
}

async function packed(text: string): Promise<string> {
  if (text.length <= PLAIN_TEXT) return text;
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return PACKED + Buffer.from(await new Response(stream).arrayBuffer()).toString("base64");
}

async function unpacked(text: string): Promise<string> {
  if (!text.startsWith(PACKED)) return text;
  const bytes = Buffer.from(text.slice(PACKED.length), "base64");
  return await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}
