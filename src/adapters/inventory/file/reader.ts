import type { z } from "zod";
import { type JsonMember, JsonMembers, JsonShapeError } from "./json_members.ts";
import {
  AGGREGATE,
  type AggregateRow,
  FLAVOR,
  type FlavorRow,
  HOST,
  type HostRow,
  NETWORK,
  type NetworkRow,
  NUMA_CELL,
  PCI_DEVICE,
  type RatioRow,
  RATIOS,
  text,
  VM,
} from "./schema.ts";
import { WrongValue } from "./wrong_value.ts";

/** The rows of a data-centre file, checked one by one but not yet against each other. */
export interface SiteRows {
  readonly datacenter: string | null;
  readonly ratios: RatioRow;
  readonly flavors: readonly FlavorRow[];
  readonly hosts: readonly HostRow[];
  readonly aggregates: readonly AggregateRow[];
  readonly network: NetworkRow;
  /** Keys that mean nothing here, without positions in lists: how often each is there. */
  readonly unknownKeys: ReadonlyMap<string, number>;
}

/** Reads the file's text as it arrives. Throws `WrongValue`. */
export async function readRows(chunks: AsyncIterable<string>): Promise<SiteRows> {
  const members = new JsonMembers();
  const reader = new RowReader();
  try {
    for await (const chunk of chunks) {
      for (const member of members.feed(chunk)) reader.take(member);
    }
    members.end();
  } catch (error) {
    if (error instanceof JsonShapeError) throw new WrongValue(error.message, { cause: error });
    throw error;
  }
  return reader;
}

const DATACENTER = text();

class RowReader implements SiteRows {
  datacenter: string | null = null;
  ratios: RatioRow = {};
  readonly flavors: FlavorRow[] = [];
  readonly hosts: HostRow[] = [];
  readonly aggregates: AggregateRow[] = [];
  network: NetworkRow = {};
  readonly unknownKeys = new Map<string, number>();

  take(member: JsonMember): void {
    switch (member.key) {
      case "datacenter":
        this.datacenter = parse(DATACENTER, member, "value");
        return;
      case "allocation_ratios":
        this.ratios = parse(RATIOS, member, "value");
        return this.#compare(member.value, { schema: RATIOS, path: member.key });
      case "network":
        this.network = parse(NETWORK, member, "value");
        return this.#compare(member.value, { schema: NETWORK, path: member.key });
      case "flavors":
        this.flavors.push(parse(FLAVOR, member, "element"));
        return this.#compare(member.value, { schema: FLAVOR, path: "flavors[]" });
      case "hosts":
        this.hosts.push(parse(HOST, member, "element"));
        return this.#compareHost(member.value as Record<string, unknown>);
      case "aggregates":
        this.aggregates.push(parse(AGGREGATE, member, "element"));
        return this.#compare(member.value, { schema: AGGREGATE, path: "aggregates[]" });
      default:
        if (member.index === null || member.index === 0) this.#count(member.key);
    }
  }

  #compareHost(row: Record<string, unknown>): void {
    this.#compare(row, { schema: HOST, path: "hosts[]" });
    for (const [list, schema] of [["vms", VM], ["numa", NUMA_CELL], ["pci", PCI_DEVICE]] as const) {
      for (const item of row[list] as unknown[] ?? []) {
        this.#compare(item, { schema, path: `hosts[].${list}[]` });
      }
    }
  }

  #compare(row: unknown, { schema, path }: { schema: { readonly shape: object }; path: string }): void {
    for (const key of Object.keys(row as object)) {
      if (!Object.hasOwn(schema.shape, key)) this.#count(`${path}.${key}`);
    }
  }

  #count(key: string): void {
    this.unknownKeys.set(key, (this.unknownKeys.get(key) ?? 0) + 1);
  }
}

function parse<T>(schema: z.ZodType<T>, { key, index, value }: JsonMember, kind: "value" | "element"): T {
  if (kind === "element" && index === null) throw new WrongValue(`${key}: Wanted a list`);
  const path = index === null ? key : `${key}[${index}]`;
  if (kind === "value" && index !== null) throw new WrongValue(`${path}: Wanted no list`);
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${joined(path, issue.path)}: ${issue.message}`);
  throw new WrongValue(problems.join("; "));
}

function joined(path: string, inner: readonly PropertyKey[]): string {
  return inner.reduce<string>(
    (text, step) => typeof step === "number" ? `${text}[${step}]` : `${text}.${String(step)}`,
    path,
  );
}
