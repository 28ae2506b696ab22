import { until } from "../../scripts/services/waiting.ts";

export interface ReadinessOptions {
  readonly limitMs?: number;
  /** Trusts what is called by TLS. */
  readonly client?: Deno.HttpClient;
}

/** Resolves when the service at `url` is ready; it need not listen yet. Throws when it is not after `limitMs`. */
export function untilReady(
  url: string,
  { limitMs = 60_000, client }: ReadinessOptions = {},
): Promise<void> {
  const isReady = async () => {
    const answer = await fetch(`${url}/readyz`, client ? { client } : {}).catch(() => null);
    await answer?.body?.cancel();
    return answer?.ok ?? false;
  };
  return until(isReady, { limitMs, pauseMs: 5, wanted: `${url} is ready` });
}
