import { assert, assertEquals } from "@std/assert";
import type { Application, Pipe } from "../../src/domain/application.ts";
import type { DataCenter, Host } from "../../src/domain/data_center.ts";
import { PROFILES } from "../../src/domain/quality.ts";
import { CONSTRAINTS } from "../../src/engine/constraints/mod.ts";
import { Ledger } from "../../src/engine/model/ledger.ts";
import { Occupancy } from "../../src/engine/model/occupancy.ts";
import { NOWHERE, Site } from "../../src/engine/model/site.ts";
import { Objective } from "../../src/engine/objective/objective.ts";
import { compile } from "../../src/engine/request/compile.ts";
import { Fault } from "../../src/engine/request/task.ts";
import { Choice } from "../../src/engine/search/choice.ts";
import { Eligibility } from "../../src/engine/search/eligibility.ts";
import { FullestFirst } from "../../src/engine/search/fullest_first.ts";
import { HostSet } from "../../src/engine/search/host_set.ts";
import type { Node } from "../../src/engine/search/node.ts";
import { Preference, scarcity } from "../../src/engine/search/preference.ts";
import { State } from "../../src/engine/search/state.ts";
import { amounts, request, rule, server, site } from "../support/engine_site.ts";
import { seededRandom } from "../support/random.ts";

const RACKS = 8;
const HOSTS_PER_RACK = 9;

/** Hosts that are more or less full, some with nothing on them, some overdrawn, some in no rack. */
function unevenSite(random: () => number): DataCenter {
  const base = site({ racks: RACKS, hostsPerRack: HOSTS_PER_RACK, capacity: amounts(16, 32, 160) });
  const hosts = base.hosts.map((host, index): Host => ({
    ...host,
    rack: random() < 0.1 ? null : host.rack,
    cluster: `c${index % 3}`,
    availabilityZone: index % 2 === 0 ? "a" : "b",
    used: random() < 0.3
      ? amounts(0, 0, 0)
      : amounts(1 + Math.floor(random() * 15), Math.floor(random() * 35), Math.floor(random() * 300)),
  }));
  const diskless = { name: "diskless", flavorId: "diskless", demand: amounts(1, 1, 0), extraSpecs: {} };
  return {
    ...base,
    flavors: [...base.flavors, diskless],
    hosts,
    network: { nicKbps: 400, rackUplinkKbps: 2000 },
  };
}

function application(random: () => number): Application {
  const ids = Array.from({ length: 42 }, (_, index) => `s${index}`);
  const pipes = ids.slice(1, 30).map((id, index): Pipe => ({
    id,
    servers: [id, index < 15 ? ids[Math.floor(random() * index)] : `s${30 + index % 10}`],
    kbps: 10 + Math.floor(random() * 3) * 20,
  }));
  pipes.push({ id: "diskless", servers: ["s40", "s41"], kbps: 10 });
  const servers = ids.map((id, index) =>
    server(id, {
      flavor: ["v1", "v2", "v4", "diskless"][index < 40 ? index % 4 : 3],
      zone: [null, "a", "b"][index % 3],
    })
  );
  return { servers, assignments: [rule("diversity rack", ids.slice(0, 5))], pipes };
}

function prepared(seed: number) {
  const random = seededRandom(seed);
  const occupancy = new Occupancy(new Site(unevenSite(random)));
  const asked = request([], [], { application: application(random) });
  const task = compile(asked, { occupancy, ledger: new Ledger(occupancy), settled: false });
  assert(!(task instanceof Fault));
  return { random, occupancy, task, state: new State(occupancy, task.nodes) };
}

/** The nodes that pipes connect with one, directly or over others, and the node itself. */
function connected(node: Node): Node[] {
  const found = new Set([node]);
  for (const { pipes } of found) for (const { peer } of pipes) if (peer) found.add(peer);
  return [...found];
}

/** What an order leads to and what looking at every host does, each time a node is placed or placed anew. */
function* choices(seed: number, profile: typeof PROFILES[number]) {
  const { random, occupancy, task, state } = prepared(seed);
  const order = state.order = new FullestFirst(occupancy, scarcity(task.nodes, occupancy));
  const preference = new Preference(state, { profile, order, spreading: [false, false, false, false] });
  const eligibility = new Eligibility(occupancy.site);
  const allowed = new HostSet(occupancy);
  const choose = (node: Node) => {
    const { hosts, branches } = eligibility.of(node);
    allowed.reset();
    allowed.retain(hosts);
    for (const { restrict } of CONSTRAINTS) restrict?.(node, allowed, state);
    preference.prepare(node);
    const plain = new Choice(node, { allowed, preference }).among(occupancy.site.everyHost);
    const made = preference.orderFor(occupancy.site.size);
    return { plain, ordered: made && new Choice(node, { allowed, preference }).inOrder(made, branches) };
  };
  for (let turn = 0; turn < 150; turn++) {
    const last = turn >= 120;
    // In the end nothing is left to place that asks for disk, which some hosts are short of.
    for (const each of turn === 120 ? task.nodes : []) {
      if (state.hostOf[each.index] === NOWHERE) state.drop(each, Math.floor(random() * occupancy.site.size));
    }
    const node = last ? task.nodes[40] : task.nodes[Math.floor(random() * task.nodes.length)];
    for (const each of last || random() < 0.3 ? connected(node) : [node]) {
      if (state.hostOf[each.index] !== NOWHERE) state.lift(each);
    }
    const choice = choose(node);
    yield choice;
    const host = random() < 0.8 ? choice.plain : Math.floor(random() * occupancy.site.size);
    if (host !== NOWHERE) state.drop(node, host);
  }
}

Deno.test("Choice in order is what looking at every host chooses", () => {
  let ordered = 0;
  for (const profile of PROFILES) {
    for (let seed = 1; seed <= 6; seed++) {
      for (const choice of choices(seed, profile)) {
        if (choice.ordered === null) continue;
        ordered++;
        assertEquals(choice.ordered, choice.plain, `${profile}, seed ${seed}`);
      }
    }
  }
  assert(ordered > 2000, `${ordered} choices were made in order`);
});

Deno.test("FullestFirst keeps the hosts of a branch in order while servers come and go", () => {
  const occupancy = new Occupancy(new Site(unevenSite(seededRandom(1))));
  const order = new FullestFirst(occupancy, [1, 0, 0]);
  const { branches } = occupancy.site;
  const inOrder = () => {
    while (!order.isReady());
    return branches.hosts.map((_, branch) =>
      [...order.hostsOf(branch)].slice(0, order.awakeIn(branch)).map((host) => occupancy.free[0][host])
    );
  };
  const expected = () =>
    branches.hosts.map((hosts) =>
      [...hosts].filter((host) => occupancy.servers[0][host] > 0).map((host) => occupancy.free[0][host])
        .sort((a, b) => a - b)
    );
  assertEquals(inOrder(), expected());
  for (const sign of [1, -1] as const) {
    for (let host = 0; host < occupancy.site.size; host += 2) {
      occupancy.place(host, [1000 * (host % 7), 0, 0], { servers: 1, sign });
      order.change(host);
    }
    assertEquals(inOrder(), expected());
  }
});

Deno.test("Objective measures an answer unless it is worse than the best", () => {
  const { task, state } = prepared(1);
  for (const node of task.nodes) state.place(node, 2 * node.index % RACKS);
  const objective = new Objective(task, state, "bandwidth");
  const measures = objective.measure();
  assertEquals(objective.measureUnlessWorse(measures), measures);
  const [soft, moves, bandwidth, ...others] = measures;
  assert(bandwidth > 0);
  assertEquals(objective.measureUnlessWorse([soft, moves, bandwidth + 1, ...others.map(() => 0)]), measures);
  assertEquals(objective.measureUnlessWorse([soft, moves, bandwidth - 1, ...others]), null);
});
