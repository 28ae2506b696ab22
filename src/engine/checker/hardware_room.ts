import type { Host } from "../../domain/data_center.ts";
import type { Wish } from "./hardware_wish.ts";

/** Whether a host's cells can be dealt out so that every wish is granted at once. */
export function cellsGrant(host: Host, wishes: readonly Wish[]): boolean {
  return dealt(host, wishes, () => true);
}

/** Whether its devices can, near ones with cells to match; without enough cells only numbers count. */
export function devicesGrant(host: Host, wishes: readonly Wish[]): boolean {
  const pools = host.pci ?? [];
  const aliases = new Set(wishes.flatMap(({ devices }) => [...devices.keys()]));
  for (const alias of aliases) {
    const wanted = wishes.reduce((sum, { devices }) => sum + (devices.get(alias) ?? 0), 0);
    const there = pools.filter((pool) => pool.alias === alias).reduce((sum, { count }) => sum + count, 0);
    if (wanted > there) return false;
  }
  return !cellsGrant(host, wishes) ||
    dealt(host, wishes, (near) => [...aliases].every((alias) => isNear(host, alias, near)));
}

/** A wish for near devices with the numbers of the cells that it was dealt. */
interface Near {
  readonly devices: Wish["devices"];
  readonly cells: readonly number[];
}

/** Hall's condition: for every set of cells, what may come only from there is no more than there is. */
function isNear({ numa = [], pci = [] }: Host, alias: string, near: readonly Near[]): boolean {
  for (let set = 0; set < 2 ** numa.length; set++) {
    const inside = numa.filter((_, index) => Math.floor(set / 2 ** index) % 2 === 1).map(({ cell }) => cell);
    const wanted = near.filter(({ cells }) => cells.every((cell) => inside.includes(cell)))
      .reduce((sum, { devices }) => sum + (devices.get(alias) ?? 0), 0);
    const there = pci.filter((pool) =>
      pool.alias === alias && (pool.cell === undefined || inside.includes(pool.cell))
    ).reduce((sum, { count }) => sum + count, 0);
    if (wanted > there) return false;
  }
  return true;
}

/** Whether any way to deal out the cells suits; ways that leave the same behind are followed once. */
function dealt(host: Host, all: readonly Wish[], suits: (near: readonly Near[]) => boolean): boolean {
  const wishes = all.filter(({ cells }) => cells.length > 0);
  const start = (host.numa ?? []).map(({ cell, milliVcpu, memoryMib }): Left => ({
    cell,
    milliVcpu,
    memoryMib,
    size: milliVcpu,
  }));
  const hopeless = new Set<string>();
  const deal = (index: number, left: readonly Left[], near: readonly Near[]): boolean => {
    if (index === wishes.length) return suits(near);
    const situation = JSON.stringify([index, left, near.map(({ cells }) => cells.toSorted())]);
    if (hopeless.has(situation)) return false;
    const wish = wishes[index];
    const found = ways(wish, left).some(({ after, cells }) =>
      deal(index + 1, after, wish.near ? [...near, { devices: wish.devices, cells }] : near)
    );
    if (!found) hopeless.add(situation);
    return found;
  };
  return deal(0, start, []);
}

interface Left {
  readonly cell: number;
  readonly milliVcpu: number;
  readonly memoryMib: number;
  readonly size: number;
}

/** Every choice of different cells for the guest cells of one wish, with what it leaves. */
function ways({ cells: guests, dedicated }: Wish, left: readonly Left[]) {
  let found: { after: readonly Left[]; cells: readonly number[] }[] = [{ after: left, cells: [] }];
  for (const [milliVcpu, memoryMib] of guests) {
    found = found.flatMap(({ after, cells }) =>
      after.filter((each) =>
        !cells.includes(each.cell) && each.memoryMib >= memoryMib &&
        (dedicated ? each.milliVcpu : each.size) >= milliVcpu
      ).map((each) => {
        const taken = {
          ...each,
          milliVcpu: each.milliVcpu - (dedicated ? milliVcpu : 0),
          memoryMib: each.memoryMib - memoryMib,
        };
        return { after: after.map((other) => other === each ? taken : other), cells: [...cells, each.cell] };
      })
    );
  }
  return found;
}
