/** Requests as the original's clients send them: shapes and paths are theirs, ids and names are ours. */
import { freshId } from "../../support/contract.ts";

/** A stack of the 2017 Heat plugin: capitalised keys, everything that a template can hold. */
export function heat2017Stack(stackId: string): { body: object; servers: string[] } {
  const servers = [freshId(), freshId(), freshId()];
  const resource = (index: number) => ({
    name: `edge_${index}`,
    Type: "OS::Nova::Server",
    Properties: {
      name: `edge-${index}`,
      flavor: "m1.small",
      image: "jammy",
      key_name: "ops",
      networks: [{ network: "lab-net" }],
      user_data: "#cloud-config",
      user_data_format: "RAW",
    },
    Metadata: {},
    DependsOn: index > 0 ? ["edge_0"] : [],
    DeletionPolicy: "Delete",
    UpdatePolicy: {},
  });
  const resources = {
    ...Object.fromEntries(servers.map((id, index) => [id, resource(index)])),
    [freshId()]: { name: "scratch", Type: "OS::Cinder::Volume", Properties: { size: 20 } },
    [freshId()]: {
      name: "edge_pair",
      Type: "ATT::Valet::GroupAssignment",
      Properties: { group_type: "affinity", level: "rack", resources: ["edge_0", "edge_1"] },
    },
    [freshId()]: {
      name: "edge_apart",
      Type: "ATT::Valet::GroupAssignment",
      Properties: { group_type: "diversity", level: "host", resources: ["edge_0", "edge_1", "edge_2"] },
    },
  };
  return { body: { plan_name: stackId, stack_id: stackId, timeout: "60 sec", resources }, servers };
}

/** A stack level of the 2018 Heat plugin: lower-case keys, hints as metadata. */
export function heat2018Resources(
  servers: readonly string[],
  groups: readonly string[],
): Record<string, object> {
  return Object.fromEntries(servers.map((id, index) => [id, {
    type: "OS::Nova::Server",
    name: `web_${index}`,
    metadata: {
      heat_root_stack_id: "root",
      heat_stack_id: "stack",
      heat_stack_name: "web",
      heat_path_in_stack: [["web", null]],
      heat_resource_name: `web_${index}`,
      heat_resource_uuid: id,
    },
    properties: { flavor: "m1.small", image: "jammy", metadata: { valet: { groups } } },
  }]));
}

/** What the Nova filter asks for a server that no stack has. */
export function adHocPlan(instance: string, locations: readonly string[], extra: object = {}): object {
  return {
    plan_name: instance,
    stack_id: instance,
    locations,
    timeout: "60 sec",
    resources: {
      [instance]: {
        type: "OS::Nova::Server",
        name: "ad_hoc_instance",
        properties: { flavor: "m1.small", availability_zone: "nova", ...extra },
      },
    },
  };
}

/** The large example of the API collection: a Ceph cluster of 16 servers, 16 volumes, 97 pipes and 18 groups. */
export function cephPlan(): { body: object; servers: string[] } {
  const names = [
    ...Array.from({ length: 12 }, (_, index) => `osd${index}`),
    ...Array.from({ length: 3 }, (_, index) => `mon${index}`),
    "cl0",
  ];
  const resources: Record<string, object> = {};
  for (const name of names) {
    resources[name] = { name, type: "OS::Nova::Server", properties: { flavor: "m1.small", image: "ceph" } };
    resources[`${name}_vol`] = { name: `${name}_vol`, type: "OS::Cinder::Volume", properties: { size: 10 } };
    resources[`${name}_vol_pipe`] = pipe(
      `${name}_vol_pipe`,
      [`${name}_vol`],
      name.startsWith("osd") ? 48.1 : 24.1,
    );
    resources[`${name}_pair`] = group(`${name}_pair`, {
      group_type: "affinity",
      level: "host",
      resources: [name, `${name}_vol`],
    });
  }
  const links = names.flatMap((one, index) => names.slice(index + 1).map((two) => [one, two])).slice(0, 81);
  for (const [one, two] of links) {
    resources[`${one}_${two}_pipe`] = pipe(`${one}_${two}_pipe`, [one, two], 24.1);
  }
  resources.osd_apart = group("osd_apart", {
    group_type: "diversity",
    level: "rack",
    resources: names.slice(0, 12),
  });
  resources.mon_apart = group("mon_apart", {
    group_type: "diversity",
    level: "rack",
    resources: names.slice(12, 15),
  });
  return { body: { plan_name: "ceph", stack_id: freshId(), resources }, servers: names };
}

function pipe(name: string, resources: string[], rate: number): object {
  const bandwidth = { min: rate, max: rate, tolerance: 1, units: "Mbps" };
  return { type: "ATT::Valet::Pipe", name, properties: { resources, access_type: "mixed", bandwidth } };
}

function group(name: string, properties: object): object {
  return { type: "ATT::Valet::GroupAssignment", name, properties };
}
