/** Units that have to stay outside up to which whole nodes are chosen. */
const MOST_UNITS = 256;

export interface Load {
  readonly mass: number;
  /** By node, the share of it that is in the load. */
  readonly inside: Float64Array;
}

interface Limit {
  readonly needs: readonly number[];
  /** Less than all nodes need. */
  readonly room: number;
}

/** The most mass of nodes that fit into so much room; of whole nodes, unless that is too long a search. */
export function mostMass(masses: Float64Array, { needs, room }: Limit): Load {
  const unit = commonUnit(needs);
  const units = Math.ceil((needs.reduce((sum, need) => sum + need, 0) - room) / unit);
  return units <= MOST_UNITS
    ? leavingOut(masses, { widths: needs.map((need) => need / unit), units })
    : cutToFit(masses, { needs, room });
}

/** The greatest number that all of these are whole multiples of; 0 of none. */
export function commonUnit(values: readonly number[]): number {
  return values.reduce((unit, value) => {
    while (value > 0) [unit, value] = [value, unit % value];
    return unit;
  }, 0);
}

/** The best value first, of which the last node may be cut; never too little. */
function cutToFit(masses: Float64Array, { needs, room }: Limit): Load {
  const inside = new Float64Array(masses.length);
  const byValue = [...masses.keys()].sort((a, b) => needs[a] * masses[b] - needs[b] * masses[a] || a - b);
  let left = room;
  for (const node of byValue) {
    inside[node] = needs[node] <= left ? 1 : left / needs[node];
    if (needs[node] > left) break;
    left -= needs[node];
  }
  return loadOf(masses, inside);
}

/** Without the least mass that is so many units wide or wider, as what stays outside is mostly the smaller part. */
function leavingOut(
  masses: Float64Array,
  { widths, units }: { readonly widths: readonly number[]; readonly units: number },
): Load {
  const least = new Float64Array(units + 1).fill(Infinity);
  least[0] = 0;
  const taken = widths.map(() => new Uint8Array(units + 1));
  for (const [node, width] of widths.entries()) {
    for (let wide = units; wide > 0 && width > 0; wide--) {
      const mass = least[Math.max(0, wide - width)] + masses[node];
      if (mass >= least[wide]) continue;
      least[wide] = mass;
      taken[node][wide] = 1;
    }
  }
  const inside = new Float64Array(masses.length).fill(1);
  let wide = units;
  for (let node = masses.length - 1; node >= 0 && wide > 0; node--) {
    if (taken[node][wide] === 0) continue;
    inside[node] = 0;
    wide = Math.max(0, wide - widths[node]);
  }
  return loadOf(masses, inside);
}

function loadOf(masses: Float64Array, inside: Float64Array): Load {
  return { mass: masses.reduce((sum, mass, node) => sum + inside[node] * mass, 0), inside };
}
