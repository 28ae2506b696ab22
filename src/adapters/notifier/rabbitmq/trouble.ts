/** A failure as the bus tells it; without `code` it is one of the connection. */
export interface Trouble {
  readonly code: number | null;
  readonly reason: string;
}

/** What an error of the driver says. It never holds the password. */
export function troubleOf(error: unknown): Trouble {
  if (!(error instanceof Error)) return { code: null, reason: String(error) };
  const { code, message } = error as Error & { code?: unknown };
  return { code: typeof code === "number" ? code : null, reason: message || String(code ?? error.name) };
}
