import type { Group } from "../../../domain/group.ts";
import { keyOf } from "./changes.ts";
import type { CassandraConnection } from "./connection.ts";
import { KeyLocks } from "./key_locks.ts";
import { type AgePartition, idsByAge } from "./lists.ts";
import type { Access, Append } from "./plans.ts";
import { GROUP_SHARDS, groupChanges, groupOf } from "./rows.ts";
import { known, type TermCache } from "./term_cache.ts";
import { GROUP_AGES, GROUP_NAMES, GROUPS } from "./tables.ts";

/** The rows of groups; see `Store` for what the methods promise. */
export class GroupTable {
  readonly #connection: CassandraConnection;
  readonly #append: Append;
  readonly #pageSize: number;
  readonly #cache: () => TermCache | null;
  readonly #ids = new KeyLocks();
  readonly #names = new KeyLocks();

  constructor(connection: CassandraConnection, { append, pageSize, cache }: Access) {
    this.#connection = connection;
    this.#append = append;
    this.#pageSize = pageSize;
    this.#cache = cache;
  }

  async *pages(): AsyncGenerator<readonly Group[]> {
    for await (const ids of idsByAge(this.#connection, ALL_GROUPS, this.#pageSize)) {
      const groups = (await Promise.all(ids.map((id) => this.byId(id)))).filter((group) => group !== null);
      if (groups.length > 0) yield groups;
    }
  }

  async byId(id: string): Promise<Group | null> {
    return await known(this.#cache(), { table: "groups", id }, async () => {
      const [row] = await this.#connection.read(
        `SELECT * FROM ${this.#connection.table(GROUPS)} WHERE id = ?`,
        [id],
      );
      return row ? groupOf(row) : null;
    });
  }

  async byName(name: string): Promise<Group | null> {
    const id = await known(this.#cache(), { table: "groupNames", id: name }, async () => {
      const statement = `SELECT group_id FROM ${this.#connection.table(GROUP_NAMES)} WHERE name = ?`;
      const [row] = await this.#connection.read(statement, [name]);
      return row?.group_id as string | undefined ?? null;
    });
    return id === null ? null : await this.byId(id);
  }

  create(group: Group): Promise<"created" | "name-taken"> {
    return this.#names.alone([group.name], async () => {
      if (await this.byName(group.name) !== null) return "name-taken";
      await this.#append(groupChanges(null, group), [remembered(group)]);
      return "created";
    });
  }

  describe(id: string, description: string): Promise<Group | null> {
    return this.#change(id, (group) => ({ ...group, description }));
  }

  addMembers(id: string, members: readonly string[]): Promise<Group | null> {
    return this.#change(id, (group) => ({ ...group, members: [...new Set([...group.members, ...members])] }));
  }

  removeMembers(id: string, members: readonly string[]): Promise<Group | null> {
    const gone = new Set(members);
    return this.#change(
      id,
      (group) => ({ ...group, members: group.members.filter((member) => !gone.has(member)) }),
    );
  }

  delete(id: string): Promise<"deleted" | "missing" | "has-members"> {
    return this.#ids.alone([id], async () => {
      const group = await this.byId(id);
      if (group === null) return "missing";
      if (group.members.length > 0) return "has-members";
      await this.#names.alone([group.name], () => this.#append(groupChanges(group, null)));
      return "deleted";
    });
  }

  #change(id: string, change: (group: Group) => Group): Promise<Group | null> {
    return this.#ids.alone([id], async () => {
      const before = await this.byId(id);
      if (before === null) return null;
      const after = change(before);
      await this.#append(groupChanges(before, after), [remembered(after)]);
      return after;
    });
  }
}

function remembered(group: Group): readonly [string, unknown] {
  return [keyOf({ table: "groups", id: group.id }), group];
}

const ALL_GROUPS: readonly AgePartition[] = Array.from(
  { length: GROUP_SHARDS },
  (_, shard) => ({ table: GROUP_AGES, column: "shard", value: shard }),
);
