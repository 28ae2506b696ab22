/**
 * - `error`: nothing can be written before this is settled;
 * - `manual`: left to a person, and missing in what is written;
 * - `warning`: written otherwise than it stood;
 * - `dropped`: has no successor, and needs none.
 */
export type RemarkKind = "error" | "manual" | "warning" | "dropped";

/** What is to be said about an old configuration. No value gets into a text: it may be a secret. */
export interface Remark {
  readonly kind: RemarkKind;
  /** A file, and the line where one is known: `config.py:12`. */
  readonly origin: string;
  readonly text: string;
}
