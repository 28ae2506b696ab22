/// <reference lib="deno.worker" />

import "../../src/adapters/optimizer/embedded/worker.ts";
import type { ToEngine } from "../../src/adapters/optimizer/embedded/protocol.ts";

/** The engine's worker, which dies of an uncaught exception when it is to release the server `die`. */
self.addEventListener("message", ({ data }: MessageEvent<readonly ToEngine[]>) => {
  const dies = data.some((message) => message.kind === "release" && message.serverIds.includes("die"));
  if (dies) throw new Error("died of an uncaught exception");
});
