import { OutsideFailure } from "../../../ports/failures.ts";
import type { Mail } from "../../../ports/mail.ts";
import { pause } from "./pause.ts";

/** A letter takes nothing more once it has so many characters. */
const LETTER_TEXT = 512 * 1024;

const PAUSE_MS = 50;

/** Puts items into one box, those together that wait together; one letter at a time, so that none overtakes another. */
export class Outbox {
  readonly #mail: Mail;
  readonly #box: string;
  readonly #waiting: string[] = [];
  #number = 0;
  #sending: Promise<void> | null = null;
  #closed = false;

  constructor(mail: Mail, box: string) {
    this.#mail = mail;
    this.#box = box;
  }

  add(item: unknown): void {
    this.#waiting.push(JSON.stringify(item));
    this.#sending ??= this.#send();
  }

  /** Resolves when everything was put, or nothing more can be. */
  async flushed(): Promise<void> {
    await this.#sending;
  }

  /** Sends nothing more; resolves when what is under way is. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#sending;
  }

  async #send(): Promise<void> {
    // What is asked for in the same turn goes together.
    await Promise.resolve();
    while (this.#waiting.length > 0 && !this.#closed) {
      const text = `[${this.#take().join(",")}]`;
      this.#number += 1;
      await this.#put(text);
    }
    this.#sending = null;
  }

  #take(): string[] {
    let size = 0;
    let count = 0;
    while (count < this.#waiting.length && size < LETTER_TEXT) size += this.#waiting[count++].length;
    return this.#waiting.splice(0, count);
  }

  /** To put it twice is to put it once, so that a failure of any kind is answered by another attempt. */
  async #put(text: string): Promise<void> {
    while (!this.#closed) {
      try {
        return await this.#mail.put(this.#box, { number: this.#number, text });
      } catch (error) {
        if (!(error instanceof OutsideFailure)) throw error;
        await pause(PAUSE_MS);
      }
    }
  }
}

/** Reads one box from its first letter on. */
export class Inbox<T> {
  readonly #mail: Mail;
  readonly #box: string;
  #last = 0;

  constructor(mail: Mail, box: string) {
    this.#mail = mail;
    this.#box = box;
  }

  /** What came since the last time, in order. */
  async read(): Promise<readonly T[]> {
    const letters = await this.#mail.read(this.#box, this.#last);
    this.#last = letters.at(-1)?.number ?? this.#last;
    return letters.flatMap(({ text }) => JSON.parse(text) as T[]);
  }
}
