import { KeystoneIdentity, type KeystoneOptions } from "../../src/adapters/identity/keystone/identity.ts";
import type { Clock } from "../../src/ports/clock.ts";
import { SystemClock } from "../../src/adapters/system/clock.ts";
import type { Logger } from "../../src/ports/logger.ts";
import type { KeystoneSettings } from "../../src/settings/settings.ts";
import { createLogger } from "../../src/telemetry/logger.ts";
import { FakeKeystone } from "./fake_keystone.ts";
import { MemorySink } from "./memory_sink.ts";

/** The adapter alone before a fake Keystone, and what it logs. */
export interface KeystoneSite extends AsyncDisposable {
  readonly keystone: FakeKeystone;
  readonly identity: KeystoneIdentity;
  readonly log: MemorySink;
  readonly clock: Clock;
  readonly logger: Logger;
}

export function openKeystone(
  { clock = new SystemClock(), keystone = new FakeKeystone(), ...changes }:
    & Partial<KeystoneSettings>
    & { clock?: Clock; keystone?: FakeKeystone } = {},
): KeystoneSite {
  const log = new MemorySink();
  const logger = createLogger({ sink: log, clock, level: "debug", format: "json" });
  const options: KeystoneOptions = { ...keystone.settings(changes), clock, logger };
  const identity = new KeystoneIdentity(options);
  return {
    keystone,
    identity,
    log,
    clock,
    logger,
    [Symbol.asyncDispose]: async () => {
      await identity.close();
      await keystone[Symbol.asyncDispose]();
    },
  };
}
