type Comparison = (offered: string, wanted: string) => boolean;

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

const numeric = (compare: (offered: number, wanted: number) => boolean): Comparison => (offered, wanted) => {
  return DECIMAL.test(offered) && DECIMAL.test(wanted) && compare(Number(offered), Number(wanted));
};

/** Nova's operators of extra specs; `=` means "at least" there. */
const COMPARISONS: ReadonlyMap<string, Comparison> = new Map([
  ["=", numeric((offered, wanted) => offered >= wanted)],
  ["==", numeric((offered, wanted) => offered === wanted)],
  ["!=", numeric((offered, wanted) => offered !== wanted)],
  [">=", numeric((offered, wanted) => offered >= wanted)],
  ["<=", numeric((offered, wanted) => offered <= wanted)],
  ["s==", (offered, wanted) => offered === wanted],
  ["s!=", (offered, wanted) => offered !== wanted],
  ["s<", (offered, wanted) => offered < wanted],
  ["s<=", (offered, wanted) => offered <= wanted],
  ["s>", (offered, wanted) => offered > wanted],
  ["s>=", (offered, wanted) => offered >= wanted],
  ["<in>", (offered, wanted) => offered.includes(wanted)],
]);

/**
 * Whether a metadata value satisfies an extra spec's value, which is a plain string or an operator with operands.
 * An operator without operands is satisfied by nothing. Operators as in Nova
 * (nova/scheduler/filters/extra_specs_ops.py, 2015 and later).
 */
export function satisfiesSpec(offered: string, wanted: string): boolean {
  const words = wanted.trim().split(/\s+/);
  const [operator, ...operands] = words;
  if (operator === "<or>") return alternatives(words).includes(offered);
  if (operator === "<all-in>") {
    return operands.length > 0 && operands.every((operand) => offered.includes(operand));
  }
  const compare = COMPARISONS.get(operator);
  if (!compare) return offered === wanted;
  return operands.length > 0 && compare(offered, operands[0]);
}

/** The operands of `<or> a <or> b`. */
function alternatives(words: readonly string[]): string[] {
  return words.filter((_, index) => index % 2 === 1);
}
