/** The body of a `POST /v1/plans`. */
export interface PlanRequest {
  readonly plan_name: string;
  readonly stack_id: string;
  readonly resources: Readonly<Record<string, Resource>>;
}

interface Resource {
  readonly name: string;
  readonly type: string;
  readonly properties: {
    readonly group_name?: string;
    readonly [property: string]: unknown;
  };
}

/** vCPUs of the servers of `smallStack`. */
export const SMALL_STACK_VCPUS = 7;

const TIERS = [
  { name: "web", flavor: "m1.small", count: 94 },
  { name: "app", flavor: "m1.medium", count: 93 },
  { name: "db", flavor: "m1.large", count: 93 },
] as const;

/** So many web servers share their host with an app server each. */
const PAIRS = 46;

/** Three servers of different sizes, each on a host of its own. */
export function smallStack(stackId: string): PlanRequest {
  const names = ["small", "medium", "large"];
  return planRequest(stackId, [
    ...names.map((name) => server(name, `m1.${name}`)),
    group("apart", { group_type: "diversity", level: "host", resources: names }),
  ]);
}

/** 280 servers in three tiers: no two servers of a tier on one host, some web and app servers side by side. */
export function threeTierStack(stackId: string): PlanRequest {
  const names = (tier: string, count: number) =>
    Array.from({ length: count }, (_, number) => `${tier}_${number}`);
  return planRequest(stackId, [
    ...TIERS.flatMap(({ name, flavor, count }) => names(name, count).map((each) => server(each, flavor))),
    ...TIERS.map(({ name, count }) =>
      group(`${name}_apart`, { group_type: "diversity", level: "host", resources: names(name, count) })
    ),
    ...names("pair", PAIRS).map((name, number) =>
      group(name, { group_type: "affinity", level: "host", resources: [`web_${number}`, `app_${number}`] })
    ),
  ]);
}

function planRequest(stackId: string, resources: readonly Resource[]): PlanRequest {
  const keyed = resources.map((resource) => [`${stackId}-${resource.name}`, resource]);
  return { plan_name: stackId, stack_id: stackId, resources: Object.fromEntries(keyed) };
}

function server(name: string, flavor: string): Resource {
  return {
    name,
    type: "OS::Nova::Server",
    properties: { flavor, image: "ubuntu", networks: [{ network: "net" }] },
  };
}

function group(name: string, properties: Resource["properties"]): Resource {
  return { name, type: "ATT::Valet::GroupAssignment", properties };
}
