import type { Connection } from "../load/connection.ts";
import { type Figure, InvalidRun, shown } from "../load/figures.ts";
import { type BenchService, PROJECT } from "./bench_service.ts";
import type { PlanRequest } from "./stacks.ts";

const WANTED_MS = 150;

export interface LargeStackOptions {
  readonly what: string;
  readonly request: PlanRequest;
  readonly samples: number;
}

/** `POST` of one stack on a site without any other plan, the first time right after the start. */
export async function measureLargeStack(
  service: BenchService,
  { what, request, samples }: LargeStackOptions,
): Promise<Figure[]> {
  using connection = await service.connect();
  await createGroups(connection, request);
  const durations: number[] = [];
  while (durations.length < samples) {
    const sentMs = performance.now();
    const { text } = await connection.expect(201, { method: "POST", path: "/v1/plans", body: request });
    durations.push(performance.now() - sentMs);
    expectHosts(request, text);
    await connection.expect(204, { method: "DELETE", path: `/v1/plans/${request.stack_id}` });
  }
  const slowest = Math.max(...durations);
  return [{
    what,
    wanted: `${WANTED_MS} ms`,
    measured: `first ${shown(durations[0])} ms, slowest of ${samples} ${shown(slowest)} ms`,
    met: slowest <= WANTED_MS,
  }];
}

/** The groups that the stack names, with its own project as their member. */
async function createGroups(connection: Connection, { resources }: PlanRequest): Promise<void> {
  const names = Object.values(resources).flatMap(({ properties }) => properties.group_name ?? []);
  for (const name of new Set(names)) {
    const body = { name, type: "exclusivity" };
    const { text } = await connection.expect(201, { method: "POST", path: "/v1/groups", body });
    const path = `/v1/groups/${JSON.parse(text).id}/members`;
    await connection.expect(201, { method: "PUT", path, body: { members: [PROJECT] } });
  }
}

function expectHosts({ resources }: PlanRequest, text: string): void {
  const { placements } = JSON.parse(text).plan;
  const servers = Object.keys(resources).filter((id) => resources[id].type === "OS::Nova::Server");
  const missing = servers.filter((id) => !placements[id]?.location);
  if (missing.length > 0) throw new InvalidRun(`No host for ${missing}`);
}
