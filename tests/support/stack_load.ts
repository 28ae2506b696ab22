import type { PlanWithPlacements } from "../../src/domain/plan.ts";
import type { DataCenterFile } from "./data_centers.ts";

export interface StackLoadOptions {
  /** Where calls go, each to another one in turn. */
  readonly urls: () => readonly string[];
  readonly token: string;
  /** Stacks that are begun per second. */
  readonly perSecond: number;
  /** Servers of one stack. */
  readonly servers: number;
  /** Stacks beyond this number are deleted again, oldest first. */
  readonly keep: number;
  /** Trusts what is called by TLS. */
  readonly client?: Deno.HttpClient;
}

/** One answer, or none: `status` 0 is a connection that failed. */
export interface Sample {
  readonly atMs: number;
  readonly durationMs: number;
  readonly method: string;
  readonly status: number;
  readonly retryAfter: string | null;
}

/** What is known of a stack from the answers alone. */
interface Stack {
  readonly id: string;
  /** Hosts by orchestration id, once they were acknowledged. */
  hosts: ReadonlyMap<string, string> | null;
  /** `asked`: whether it was deleted is not known. */
  deletion: "none" | "asked" | "done";
}

/** Creates, reads and deletes stacks at a steady pace, and keeps what it was told. */
export class StackLoad {
  readonly samples: Sample[] = [];
  /** Answers that contradict an earlier one. */
  readonly wrong: string[] = [];
  readonly #options: StackLoadOptions;
  readonly #stacks: Stack[] = [];
  readonly #calls = new Set<Promise<void>>();
  #turn = 0;

  constructor(options: StackLoadOptions) {
    this.#options = options;
  }

  /** Begins stacks for so long, and waits for the last answer. */
  async run(durationMs: number): Promise<void> {
    const { perSecond } = this.#options;
    const fromMs = performance.now();
    for (let count = 0; performance.now() - fromMs < durationMs; count++) {
      const waitMs = fromMs + count * 1000 / perSecond - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      this.#begin();
    }
    while (this.#calls.size > 0) await Promise.all(this.#calls);
  }

  get acknowledged(): number {
    return this.#stacks.filter(({ hosts }) => hosts !== null).length;
  }

  /** What the stored plans lack, or have too much, by what was answered; empty when all is well. */
  audit(plans: readonly PlanWithPlacements[], dataCenter: DataCenterFile): string[] {
    const stored = Map.groupBy(plans, ({ plan }) => plan.stackId);
    const faults = [...stored].filter(([, each]) => each.length > 1).map(([id]) =>
      `Stack ${id} has two plans`
    );
    for (const { id, hosts, deletion } of this.#stacks) {
      const plan = stored.get(id)?.[0];
      if (plan && deletion === "done") faults.push(`Stack ${id} was deleted and is there`);
      if (!plan && hosts && deletion === "none") faults.push(`Stack ${id} was acknowledged and is gone`);
      if (plan && hosts && deletion !== "done") {
        const differs = plan.placements.some((row) => hosts.get(row.orchestrationId) !== row.location);
        if (differs || plan.placements.length !== hosts.size) {
          faults.push(`Stack ${id} is not what was answered`);
        }
      }
    }
    return [...faults, ...overbooked(plans, dataCenter)];
  }

  #begin(): void {
    const call = this.#live().finally(() => this.#calls.delete(call));
    this.#calls.add(call);
  }

  async #live(): Promise<void> {
    const stack: Stack = { id: crypto.randomUUID(), hosts: null, deletion: "none" };
    this.#stacks.push(stack);
    await this.#create(stack);
    if (stack.hosts !== null) await this.#read(stack);
    const living = this.#stacks.filter(({ hosts, deletion }) => hosts !== null && deletion === "none");
    if (living.length > this.#options.keep) await this.#delete(living[0]);
  }

  async #create(stack: Stack): Promise<void> {
    const ids = Array.from({ length: this.#options.servers }, () => crypto.randomUUID());
    const server = { type: "OS::Nova::Server", properties: { flavor: "m1.small" } };
    const { status, json } = await this.#call("POST", "/v1/plans", {
      plan_name: stack.id,
      stack_id: stack.id,
      resources: Object.fromEntries(ids.map((id) => [id, { ...server, name: id }])),
    });
    if (status === 201) stack.hosts = hostsOf(json);
    if (status === 500 && !isRefusal(json)) this.wrong.push(`Stack ${stack.id}: ${JSON.stringify(json)}`);
  }

  async #read(stack: Stack): Promise<void> {
    const { status, json } = await this.#call("GET", `/v1/plans/${stack.id}`);
    if (status === 404 && stack.deletion === "none") this.wrong.push(`Stack ${stack.id} is not found`);
    if (status !== 200) return;
    const hosts = hostsOf(json);
    if ([...hosts].some(([id, host]) => stack.hosts!.get(id) !== host)) {
      this.wrong.push(`Stack ${stack.id} is read otherwise than it was answered`);
    }
  }

  async #delete(stack: Stack): Promise<void> {
    stack.deletion = "asked";
    const { status } = await this.#call("DELETE", `/v1/plans/${stack.id}`);
    if (status === 204) stack.deletion = "done";
    else if (status === 404) this.wrong.push(`Stack ${stack.id} was gone before it was deleted`);
  }

  async #call(method: string, path: string, body?: object): Promise<{ status: number; json: unknown }> {
    const { urls, token, client } = this.#options;
    const all = urls();
    const atMs = performance.now();
    const note = (status: number, retryAfter: string | null = null) => {
      this.samples.push({ atMs, durationMs: performance.now() - atMs, method, status, retryAfter });
      return status;
    };
    try {
      const response = await fetch(all[this.#turn++ % all.length] + path, {
        method,
        ...(client ? { client } : {}),
        headers: { "x-auth-token": token, "content-type": "application/json" },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      const text = await response.text();
      const json = text.startsWith("{") ? JSON.parse(text) : null;
      return { status: note(response.status, response.headers.get("retry-after")), json };
    } catch {
      return { status: note(0), json: null };
    }
  }
}

function hostsOf(json: unknown): ReadonlyMap<string, string> {
  const { plan: { placements } } = json as {
    plan: { placements: Record<string, { location: string }> };
  };
  return new Map(Object.entries(placements).map(([id, { location }]) => [id, location]));
}

/** Hosts that hold more than they have. */
function overbooked(plans: readonly PlanWithPlacements[], { hosts }: DataCenterFile): string[] {
  const rows = Map.groupBy(plans.flatMap(({ placements }) => placements), ({ location }) => location);
  return hosts.flatMap(({ name, vcpus, vcpus_used: vcpusUsed, ram_mb: ramMb, ram_used_mb: ramUsed }) => {
    const held = rows.get(name) ?? [];
    const milliVcpu = held.reduce((sum, { demand }) => sum + demand.milliVcpu, vcpusUsed * 1000);
    const memory = held.reduce((sum, { demand }) => sum + demand.memoryMib, ramUsed);
    return milliVcpu > vcpus * 1000 || memory > ramMb ? [`Host ${name} holds more than it has`] : [];
  });
}

/** Whether the site has no room for the plan, as the contract says it. */
function isRefusal(json: unknown): boolean {
  return `${(json as { explanation?: unknown } | null)?.explanation}`.startsWith(
    "Ostro error: no available hosts; ",
  );
}

/** Answers by status, and how long they took, for whoever reads the log of the tests. */
export function summaryOf({ samples, acknowledged }: StackLoad): string {
  const statuses = Object.entries(Object.groupBy(samples, ({ status }) => status))
    .map(([status, each]) => `${each!.length} × ${status}`);
  const times = samples.filter(({ status }) => status === 201).map(({ durationMs }) => durationMs).sort((
    a,
    b,
  ) => a - b);
  const at = (share: number) => Math.round(times[Math.floor(times.length * share)] ?? 0);
  return `${acknowledged} plans acknowledged, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms; answers: ${
    statuses.join(", ")
  }`;
}
