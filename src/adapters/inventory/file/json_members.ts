/** One member of a document's top-level object: a whole value, or one element of a value that is a list. */
export interface JsonMember {
  readonly key: string;
  /** Position in the list; null for a value that is no list. */
  readonly index: number | null;
  readonly value: unknown;
}

/** The text is not one JSON object, or a member of it is too long. */
export class JsonShapeError extends Error {}

type Place =
  | "start"
  | "firstKey"
  | "key"
  | "colon"
  | "value"
  | "firstItem"
  | "item"
  | "afterItem"
  | "afterValue"
  | "end";

/** What punctuation leads to, by place. Anything else begins a token where `AFTER_TOKEN` knows the place. */
const STEPS: Readonly<Record<Place, Readonly<Record<string, Place>>>> = {
  start: { "{": "firstKey" },
  firstKey: { "}": "end" },
  key: {},
  colon: { ":": "value" },
  value: { "[": "firstItem" },
  firstItem: { "]": "afterValue" },
  item: {},
  afterItem: { ",": "item", "]": "afterValue" },
  afterValue: { ",": "key", "}": "end" },
  end: {},
};

const AFTER_TOKEN: Readonly<Partial<Record<Place, Place>>> = {
  firstKey: "colon",
  key: "colon",
  value: "afterValue",
  firstItem: "afterItem",
  item: "afterItem",
};

const BLANK = " \t\r\n";

/**
 * Cuts the text of one JSON object into its members while it arrives, so that neither the whole text nor the whole
 * value is held at once. Lists are cut one level deeper, into their elements.
 */
export class JsonMembers {
  readonly #maxMember: number;
  readonly #keys = new Set<string>();
  #place: Place = "start";
  #key = "";
  #index = 0;
  #token: Token | null = null;
  /** The part of the token that came with earlier chunks. */
  #text = "";

  /** `maxMember` bounds the characters of one member. */
  constructor({ maxMember = 16_777_216 }: { maxMember?: number } = {}) {
    this.#maxMember = maxMember;
  }

  /** The members that end in this chunk. Throws `JsonShapeError`. */
  *feed(chunk: string): Generator<JsonMember> {
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      if (this.#token === null) {
        if (!this.#begins(chunk[at])) continue;
        this.#token = new Token();
        from = at;
      }
      const reach = this.#token.take(chunk[at]);
      if (reach === "inside") continue;
      const end = reach === "last" ? at + 1 : at;
      const member = this.#finish(this.#text + chunk.slice(from, end));
      if (member) yield member;
      at = end - 1;
    }
    if (this.#token !== null) this.#text += chunk.slice(from);
    if (this.#text.length > this.#maxMember) {
      throw new JsonShapeError(`${this.#where()} is longer than ${this.#maxMember} characters`);
    }
  }

  /** Throws `JsonShapeError` when the object is not complete. */
  end(): void {
    if (this.#place !== "end") throw new JsonShapeError("The text ends before its object does");
  }

  /** Whether a token begins with this character; takes a step when it is punctuation. */
  #begins(character: string): boolean {
    if (BLANK.includes(character)) return false;
    const next = STEPS[this.#place][character];
    if (next === undefined && AFTER_TOKEN[this.#place] !== undefined) return true;
    if (next === undefined) throw new JsonShapeError(`Unexpected '${character}' ${this.#near()}`);
    if (next === "firstItem") this.#index = 0;
    this.#place = next;
    return false;
  }

  #finish(text: string): JsonMember | null {
    const place = this.#place;
    const value = this.#parse(text);
    this.#token = null;
    this.#text = "";
    this.#place = AFTER_TOKEN[place]!;
    if (place === "value") return { key: this.#key, index: null, value };
    if (place === "item" || place === "firstItem") return { key: this.#key, index: this.#index++, value };
    this.#startMember(value);
    return null;
  }

  #startMember(key: unknown): void {
    if (typeof key !== "string") {
      throw new JsonShapeError(`Unexpected value ${this.#near()}, wanted a quoted key`);
    }
    if (this.#keys.has(key)) throw new JsonShapeError(`Key '${key}' is there twice`);
    this.#keys.add(key);
    this.#key = key;
  }

  #parse(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new JsonShapeError(`${this.#where()} is no JSON: ${(cause as Error).message}`, { cause });
    }
  }

  #where(): string {
    if (this.#place === "item" || this.#place === "firstItem") return `${this.#key}[${this.#index}]`;
    return this.#place === "value" ? this.#key : `The key ${this.#near()}`;
  }

  #near(): string {
    return this.#key === "" ? "at the beginning" : `after '${this.#key}'`;
  }
}

/** Finds where one JSON value ends; what is inside is judged by `JSON.parse`. */
class Token {
  #depth = 0;
  #quoted = false;
  #escaped = false;

  /** Takes the next character: one inside the value, its last one, or the first one beyond it. */
  take(character: string): "inside" | "last" | "beyond" {
    if (this.#quoted) return this.#takeQuoted(character);
    switch (character) {
      case '"':
        this.#quoted = true;
        return "inside";
      case "{":
      case "[":
        this.#depth += 1;
        return "inside";
      case "}":
      case "]":
        if (this.#depth === 0) return "beyond";
        this.#depth -= 1;
        return this.#depth === 0 ? "last" : "inside";
      default:
        return this.#depth === 0 && (character === "," || BLANK.includes(character)) ? "beyond" : "inside";
    }
  }

  #takeQuoted(character: string): "inside" | "last" {
    if (this.#escaped) this.#escaped = false;
    else if (character === "\\") this.#escaped = true;
    else if (character === '"') {
      this.#quoted = false;
      if (this.#depth === 0) return "last";
    }
    return "inside";
  }
}
