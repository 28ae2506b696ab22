export interface Ids {
  /** A fresh lower-case UUID, version 4. */
  uuid(): string;
}
