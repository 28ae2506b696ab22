import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Group, GroupType } from "../../../domain/group.ts";
import type { Level } from "../../../domain/levels.ts";
import { AFTER, type Cursor, IN_ORDER, START } from "./pages.ts";
import { Query } from "./query.ts";

type Row = [
  id: string,
  name: string,
  description: string,
  type: GroupType,
  level: Level | null,
  members: string,
  createdAtMs: number,
];

const COLUMNS = "id, name, description, type, level, members, created_at_ms";

function groupOf([id, name, description, type, level, members, createdAtMs]: Row): Group {
  return { id, name, description, type, level, members: JSON.parse(members), createdAtMs };
}

/** The rows of groups; see `Store` for what the methods promise. */
export class GroupTable {
  readonly #page: Query<Row>;
  readonly #byId: Query<Row>;
  readonly #byName: Query<Row>;
  readonly #insert: StatementSync;
  readonly #describe: StatementSync;
  readonly #setMembers: StatementSync;
  readonly #delete: StatementSync;
  /** The list's first page as it was read last; null once a write may have changed it. */
  #first: { readonly limit: number; readonly groups: readonly Group[] } | null = null;

  constructor(connection: DatabaseSync) {
    const select = `SELECT ${COLUMNS} FROM groups WHERE`;
    this.#page = new Query(connection, `${select} ${AFTER} ${IN_ORDER}`);
    this.#byId = new Query(connection, `${select} id = ?`);
    this.#byName = new Query(connection, `${select} name = ?`);
    this.#insert = connection.prepare(
      `INSERT INTO groups (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING`,
    );
    this.#describe = connection.prepare("UPDATE groups SET description = ? WHERE id = ?");
    this.#setMembers = connection.prepare("UPDATE groups SET members = ? WHERE id = ?");
    this.#delete = connection.prepare("DELETE FROM groups WHERE id = ?");
  }

  /**
   * A page of the list. Groups change seldom and are listed often, so the first page is kept; never called in the
   * middle of a write, it holds nothing that is not committed.
   */
  page({ after, limit }: { readonly after: Cursor; readonly limit: number }): readonly Group[] {
    if (after === START && this.#first?.limit === limit) return this.#first.groups;
    const groups = this.#page.all(after.createdAtMs, after.id, limit).map(groupOf);
    if (after === START) this.#first = { limit, groups };
    return groups;
  }

  byId(id: string): Group | null {
    const row = this.#byId.first(id);
    return row === undefined ? null : groupOf(row);
  }

  byName(name: string): Group | null {
    const row = this.#byName.first(name);
    return row === undefined ? null : groupOf(row);
  }

  create({ id, name, description, type, level, members, createdAtMs }: Group): "created" | "name-taken" {
    this.#first = null;
    const { changes } = this.#insert.run(
      id,
      name,
      description,
      type,
      level,
      JSON.stringify(members),
      createdAtMs,
    );
    return changes === 0 ? "name-taken" : "created";
  }

  describe(id: string, description: string): Group | null {
    this.#first = null;
    this.#describe.run(description, id);
    return this.byId(id);
  }

  addMembers(id: string, members: readonly string[]): Group | null {
    return this.#change(id, (before) => [...new Set([...before, ...members])]);
  }

  removeMembers(id: string, members: readonly string[]): Group | null {
    const gone = new Set(members);
    return this.#change(id, (before) => before.filter((member) => !gone.has(member)));
  }

  delete(id: string): "deleted" | "missing" | "has-members" {
    const group = this.byId(id);
    if (group === null) return "missing";
    if (group.members.length > 0) return "has-members";
    this.#first = null;
    this.#delete.run(id);
    return "deleted";
  }

  #change(id: string, change: (members: readonly string[]) => readonly string[]): Group | null {
    const group = this.byId(id);
    if (group === null) return null;
    this.#first = null;
    const members = change(group.members);
    this.#setMembers.run(JSON.stringify(members), id);
    return { ...group, members };
  }
}
