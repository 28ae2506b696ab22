"""Solves placement requests exactly: reads one as JSON a line, and writes one answer a line.

A model of what the rules mean, for OR-tools' CP-SAT. It shares nothing with the engine that it judges.
An answer is {"feasible": bool, "objective": [soft, woken hosts, bandwidth] or null}.
"""

import json
import sys

from ortools.sat.python import cp_model

DIMENSIONS = ("milliVcpu", "memoryMib", "diskMib")
LEVELS = ("host", "rack", "cluster", "room")
# One unit of each criterion outweighs all of those after it.
WEIGHTS = (1_000_000, 1_000, 1)


def place(host, level):
    return host["name"] if level == "host" else host[level]


def meets(offered, wanted):
    """Whether a value of an aggregate's metadata meets an extra spec: plain texts only, as the cases draw no others."""
    return offered == wanted


class Case:
    def __init__(self, case):
        self.site = case["dataCenter"]
        self.hosts = self.site["hosts"]
        self.holdings = case["holdings"]
        self.app = case["application"]
        self.servers = {server["id"]: server for server in self.app["servers"]}
        self.rules = {rule["id"]: rule for rule in self.app["assignments"]}
        self.flavors = {flavor["name"]: flavor for flavor in self.site["flavors"]}
        self.model = cp_model.CpModel()
        self.x = {}
        self.price = []

    # What a rule is about.

    def leaves(self, member):
        if member in self.rules:
            return [leaf for each in self.rules[member]["members"] for leaf in self.leaves(each)]
        return [member] if member in self.servers else []

    def units(self, rule):
        return [sorted(set(self.leaves(member))) for member in dict.fromkeys(rule["members"])]

    def below(self, rule):
        return sorted({leaf for unit in self.units(rule) for leaf in unit})

    def hard(self, kind):
        """Rules that must hold; all assignments to one named group at a level are one."""
        found = {}
        for rule in self.app["assignments"]:
            if rule["type"] != kind or "softWeight" in rule:
                continue
            key = (rule["level"], rule["group"]["id"]) if rule["group"] else rule["id"]
            before = found[key]["members"] if key in found else []
            found[key] = {**rule, "members": before + rule["members"]}
        return list(found.values())

    def members(self, rule):
        """Servers of an exclusivity rule, with all that affinity of its level or a narrower one ties to them."""
        found = set(self.below(rule))
        rank = LEVELS.index(rule["level"])
        bonds = [set(self.below(r)) for r in self.hard("affinity") if LEVELS.index(r["level"]) <= rank]
        grown = True
        while grown:
            grown = False
            for bond in bonds:
                if bond & found and not bond <= found:
                    found |= bond
                    grown = True
        return found

    # What is there already.

    def residents(self, host):
        """Groups of each server on a host, an empty list for one that no stack holds."""
        held = [h["groups"] for h in self.holdings if h["host"] == host["name"]]
        strangers = len(host["vms"]) or (1 if host["used"]["milliVcpu"] > 0 else 0)
        return held + [[]] * strangers

    def free(self, host, dimension):
        held = sum(h["demand"][dimension] for h in self.holdings if h["host"] == host["name"])
        return host["capacity"][dimension] - host["used"][dimension] - held

    def resources(self, level):
        groups = {}
        for index, host in enumerate(self.hosts):
            if place(host, level) is not None:
                groups.setdefault(place(host, level), []).append(index)
        return groups

    # The model.

    def build(self):
        for id in self.servers:
            for index in range(len(self.hosts)):
                self.x[id, index] = self.model.new_bool_var(f"{id}@{index}")
            self.model.add_exactly_one(self.x[id, index] for index in range(len(self.hosts)))
            self.single(self.servers[id])
        self.capacity()
        for rule in self.hard("affinity"):
            self.affinity(rule)
        for rule in self.hard("diversity"):
            self.diversity(rule)
        self.exclusivity()
        self.links()
        for rule in self.app["assignments"]:
            if "softWeight" in rule:
                self.soft(rule)
        self.woken()
        self.traffic()

    def forbid(self, id, index):
        self.model.add(self.x[id, index] == 0)

    def single(self, server):
        flavor = self.flavors[server["flavor"]]
        for index, host in enumerate(self.hosts):
            fits = (
                host["unusable"] is None
                and server["zone"] in (None, host["availabilityZone"])
                and server["forcedHost"] in (None, host["name"])
                and (server["locations"] is None or host["name"] in server["locations"])
                and all(flavor["demand"][d] <= host["physical"][d] for d in ("milliVcpu", "memoryMib"))
                and self.specs(flavor, host)
            )
            if not fits:
                self.forbid(server["id"], index)

    def specs(self, flavor, host):
        plain, traits = {}, {}
        for key, value in flavor["extraSpecs"].items():
            (traits if key.startswith("trait") else plain)[key] = value
        has = set(host.get("traits", []))
        for key, value in traits.items():
            name = key.split(":", 1)[1]
            if (name in has) != (value == "required"):
                return False
        if not plain:
            return True
        return any(
            host["name"] in aggregate["hosts"]
            and all(
                key in aggregate["metadata"]
                and any(meets(offered.strip(), wanted) for offered in aggregate["metadata"][key].split(","))
                for key, wanted in plain.items()
            )
            for aggregate in self.site["aggregates"]
        )

    def capacity(self):
        for index, host in enumerate(self.hosts):
            for dimension in DIMENSIONS:
                terms = [
                    self.flavors[server["flavor"]]["demand"][dimension] * self.x[id, index]
                    for id, server in self.servers.items()
                ]
                self.model.add(sum(terms) <= max(0, self.free(host, dimension)))

    def inside(self, id, indexes):
        return sum(self.x[id, index] for index in indexes)

    def needs_level(self, ids, level):
        for id in ids:
            for index, host in enumerate(self.hosts):
                if place(host, level) is None:
                    self.forbid(id, index)

    def held(self, rule):
        """Resources of the rule's level with servers that other stacks hold in its named group."""
        return {
            place(host, rule["level"])
            for host in self.hosts
            for groups in self.residents(host)
            for group in groups
            if group["groupId"] == rule["group"]["id"] and group["level"] == rule["level"]
        }

    def affinity(self, rule):
        ids = self.below(rule)
        self.needs_level(ids, rule["level"])
        home = self.held(rule) if rule["group"] else set()
        for name, indexes in self.resources(rule["level"]).items():
            for id in ids[1:]:
                self.model.add(self.inside(id, indexes) == self.inside(ids[0], indexes))
            if home and name not in home and ids:
                self.model.add(self.inside(ids[0], indexes) == 0)

    def diversity(self, rule):
        level = rule["level"]
        self.needs_level(self.below(rule), level)
        taken = self.held(rule) if rule["group"] else set()
        for name, indexes in self.resources(level).items():
            present = [self.any_of(unit, indexes) for unit in self.units(rule) if unit]
            self.model.add(sum(present) <= rule.get("mostPerResource", 1))
            if name in taken:
                for id in self.below(rule):
                    self.model.add(self.inside(id, indexes) == 0)

    def any_of(self, ids, indexes):
        variable = self.model.new_bool_var("")
        self.model.add_max_equality(variable, [self.inside(id, indexes) for id in ids])
        return variable

    def exclusivity(self):
        for level in LEVELS:
            rules = [r for r in self.hard("exclusivity") if r["level"] == level]
            owner = {}
            for rule in rules:
                for id in self.members(rule):
                    if owner.setdefault(id, rule["group"]["id"]) != rule["group"]["id"]:
                        self.model.add_bool_or([])
            self.needs_level(owner, level)
            for indexes in self.resources(level).values():
                there = [groups for index in indexes for groups in self.residents(self.hosts[index])]
                owners = {
                    group["groupId"]
                    for groups in there
                    for group in groups
                    if group["type"] == "exclusivity" and group["level"] == level
                }
                for id in self.servers:
                    mine = owner.get(id)
                    if mine is None:
                        if owners:
                            self.model.add(self.inside(id, indexes) == 0)
                        continue
                    foreign = any(
                        not any(g["groupId"] == mine and g["level"] == level for g in groups) for groups in there
                    )
                    if foreign:
                        self.model.add(self.inside(id, indexes) == 0)
                    for other in self.servers:
                        if owner.get(other) != mine:
                            self.model.add(self.inside(id, indexes) + self.inside(other, indexes) <= 1)

    def pipes(self):
        return self.app.get("pipes", [])

    def leaving(self, pipe, indexes):
        """Whether exactly one end of a pipe is among the hosts."""
        one, other = (self.inside(id, indexes) for id in pipe["servers"])
        variable = self.model.new_bool_var("")
        self.model.add_abs_equality(variable, one - other)
        return variable

    def links(self):
        network = self.site.get("network", {})
        limits = zip(LEVELS[:3], ("nicKbps", "rackUplinkKbps", "clusterUplinkKbps"))
        for level, key in limits:
            if key not in network:
                continue
            for indexes in self.resources(level).values():
                load = sum(pipe["kbps"] * self.leaving(pipe, indexes) for pipe in self.pipes())
                self.model.add(load <= network[key])

    def places(self, level):
        """Hosts by place; one without a resource of the level is a place by itself."""
        groups = {}
        for index, host in enumerate(self.hosts):
            groups.setdefault(place(host, level) or ("alone", index), []).append(index)
        return list(groups.values())

    def soft(self, rule):
        weight = rule["softWeight"] * WEIGHTS[0]
        if rule["type"] == "diversity":
            for indexes in self.places(rule["level"]):
                present = [self.any_of(unit, indexes) for unit in self.units(rule) if unit]
                over = self.model.new_int_var(0, len(present), "")
                self.model.add(over >= sum(present) - rule.get("mostPerResource", 1))
                self.price.append(weight * over)
            return
        ids = self.below(rule)
        if not ids:
            return
        counts = []
        for indexes in self.places(rule["level"]):
            count = self.model.new_int_var(0, len(ids), "")
            self.model.add(count == sum(self.inside(id, indexes) for id in ids))
            counts.append(count)
        most = self.model.new_int_var(0, len(ids), "")
        self.model.add_max_equality(most, counts)
        self.price.append(weight * (len(ids) - most))

    def woken(self):
        for index, host in enumerate(self.hosts):
            if self.residents(host):
                continue
            variable = self.model.new_bool_var("")
            self.model.add_max_equality(variable, [self.x[id, index] for id in self.servers])
            self.price.append(WEIGHTS[1] * variable)

    def traffic(self):
        levels = [level for level in LEVELS[:3] if any(place(host, level) is not None for host in self.hosts)]
        for pipe in self.pipes():
            one, other = pipe["servers"]
            for level in levels:
                together = []
                for name, indexes in self.resources(level).items():
                    variable = self.model.new_bool_var("")
                    self.model.add_min_equality(variable, [self.inside(one, indexes), self.inside(other, indexes)])
                    together.append(variable)
                # Two servers of one host are together at every level, whether or not it has a resource there.
                if level != "host":
                    for index, host in enumerate(self.hosts):
                        if place(host, level) is None:
                            variable = self.model.new_bool_var("")
                            self.model.add_min_equality(variable, [self.x[one, index], self.x[other, index]])
                            together.append(variable)
                self.price.append(WEIGHTS[2] * 2 * pipe["kbps"] * (1 - sum(together)))

    def solve(self):
        self.build()
        self.model.minimize(sum(self.price) if self.price else 0)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.max_time_in_seconds = 60
        status = solver.solve(self.model)
        if status == cp_model.INFEASIBLE:
            return {"feasible": False, "objective": None}
        if status != cp_model.OPTIMAL:
            raise RuntimeError(f"No proof within the time: {solver.status_name(status)}")
        value = round(solver.objective_value)
        soft, rest = divmod(value, WEIGHTS[0])
        return {"feasible": True, "objective": [soft, *divmod(rest, WEIGHTS[1])]}


for line in sys.stdin:
    print(json.dumps(Case(json.loads(line)).solve()), flush=True)
