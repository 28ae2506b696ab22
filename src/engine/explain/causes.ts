import type { Assignment, ServerSpec } from "../../domain/application.ts";
import type { Cause } from "../../domain/explanation.ts";
import type { PlacementRequest } from "../../domain/placement_request.ts";

/** Everything that can be left out of a request: first what asks for more than a place, servers last. */
export function causesOf({ application, directives }: PlacementRequest): Cause[] {
  const { servers, assignments, pipes = [] } = application;
  const limited = new Set(
    directives.filter(({ allowedHosts, forbiddenHosts }) => allowedHosts || forbiddenHosts).map((
      { serverId },
    ) => serverId),
  );
  const part = (kind: Cause["kind"]) => ({ id, name }: { id: string; name: string }): Cause => ({
    kind,
    id,
    name,
  });
  return [
    ...pipes.map(({ id }): Cause => ({ kind: "pipe", id, name: id })),
    ...assignments.filter(({ softWeight }) => softWeight === undefined).map(part("assignment")),
    ...servers.filter(({ zone }) => zone !== null).map(part("zone")),
    ...servers.filter((spec) => isLimited(spec) || limited.has(spec.id)).map(part("hosts")),
    ...servers.map(part("server")),
  ];
}

function isLimited({ forcedHost, locations }: ServerSpec): boolean {
  return forcedHost !== null || locations !== null;
}

/** The request without these parts. */
export function without(request: PlacementRequest, causes: readonly Cause[]): PlacementRequest {
  const dropped = new Map<Cause["kind"], Set<string>>();
  for (const { kind, id } of causes) dropped.set(kind, (dropped.get(kind) ?? new Set()).add(id));
  const has = (kind: Cause["kind"], id: string) => dropped.get(kind)?.has(id) ?? false;
  const { servers, assignments, pipes = [] } = request.application;
  const kept = servers.filter(({ id }) => !has("server", id));
  const ids = new Set(kept.map(({ id }) => id));
  const rules = assignments.filter(({ id }) => !has("assignment", id));
  const known = new Set([...ids, ...rules.map(({ id }) => id)]);
  return {
    ...request,
    application: {
      servers: kept.map((spec) => ({
        ...spec,
        ...(has("zone", spec.id) ? { zone: null } : {}),
        ...(has("hosts", spec.id) ? { forcedHost: null, locations: null } : {}),
      })),
      assignments: rules.map((rule): Assignment => ({
        ...rule,
        members: rule.members.filter((member) => known.has(member)),
      })),
      pipes: pipes.filter(({ id, servers: [one, other] }) =>
        !has("pipe", id) && ids.has(one) && ids.has(other)
      ),
    },
    directives: request.directives.filter(({ serverId }) => ids.has(serverId)).map((directive) =>
      has("hosts", directive.serverId)
        ? { ...directive, allowedHosts: undefined, forbiddenHosts: undefined }
        : directive
    ),
  };
}
