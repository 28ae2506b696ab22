/// <reference lib="deno.worker" />

import { EngineHost } from "./engine_host.ts";
import type { ToEngine } from "./protocol.ts";

const host = new EngineHost({ monotonicMs: () => performance.now() });

self.onmessage = ({ data }: MessageEvent<readonly ToEngine[]>) => {
  host.handle(data, (answers) => self.postMessage(answers));
};
