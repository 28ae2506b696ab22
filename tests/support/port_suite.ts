/** What every adapter of one port must keep, as a sentence and its proof. */
export interface PortCase<Tested> {
  /** Begins with the method or the rule. */
  readonly name: string;
  run(tested: Tested): Promise<void>;
}

export interface PortAdapter<Tested extends AsyncDisposable> {
  readonly name: string;
  /** A fresh adapter, closed at the end of its case. */
  open(): Promise<Tested>;
  /** Why a case can't hold for this adapter, by the case's name. */
  readonly skipped?: Readonly<Record<string, string>>;
}

/** Registers one test per case. */
export function portSuite<Tested extends AsyncDisposable>(
  cases: readonly PortCase<Tested>[],
  { name: adapter, open, skipped = {} }: PortAdapter<Tested>,
): void {
  const unknown = Object.keys(skipped).filter((name) => !cases.some((each) => each.name === name));
  if (unknown.length > 0) throw new Error(`No such case: '${unknown.join("', '")}'`);
  for (const { name, run } of cases) {
    const reason = skipped[name];
    Deno.test({
      name: `${name} (${adapter}${reason === undefined ? "" : `, skipped: ${reason}`})`,
      ignore: reason !== undefined,
      fn: async () => {
        await using tested = await open();
        await run(tested);
      },
    });
  }
}
