/** A measured figure beside the wanted one. */
export interface Figure {
  readonly what: string;
  readonly wanted: string;
  readonly measured: string;
  /** Null where nothing is wanted. */
  readonly met: boolean | null;
}

/** Thrown when a run measured something else than it should; a figure that misses what is wanted is no such case. */
export class InvalidRun extends Error {}

/** The value below which `share` of the samples lie. */
export function percentile(samples: readonly number[], share: number): number {
  if (samples.length === 0) throw new InvalidRun("Nothing was measured");
  const sorted = Float64Array.from(samples).sort();
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)];
}

/** A number as tables show it. */
export function shown(value: number, digits = 0): string {
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Figures as a Markdown table, which reads well in a terminal too. */
export function tableOf(figures: readonly Figure[]): string {
  const mark = ({ met }: Figure) => met === null ? "" : met ? "met" : "MISSED";
  const rows = [
    ["what", "wanted", "measured", ""],
    ...figures.map((figure) => [figure.what, figure.wanted, figure.measured, mark(figure)]),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
  const rule = `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`;
  return [line(rows[0]), rule, ...rows.slice(1).map(line)].join("\n");
}

/** How many answers, and how fast all but the slowest hundredth. */
export interface Wanted {
  readonly perSecond: number;
  readonly p99Ms: number;
}

export function shownThroughput({ perSecond, p99Ms }: Wanted): string {
  return `${shown(perSecond)} req/s, p99 ${shown(p99Ms)} ms`;
}
