import * as z from "zod";
import { block, flag, oneOf, text } from "../fields.ts";
import type { Findings } from "../findings.ts";

const EVENTS_LISTENER = block({
  exchange: text("the name of an exchange").optional(),
  exchange_type: oneOf(["topic", "fanout"]).optional(),
  auto_delete: flag().optional(),
  store: flag().optional(),
  source: oneOf(["rpc", "versioned", "off"]).optional(),
  transport_url: z.union([text("a URL"), z.array(text("a URL"))], "Wanted a URL or a list of URLs")
    .optional(),
});

/** Checks the block of the listener on Nova's messages, which this build doesn't have. */
export function checkEventsListener(raw: unknown, findings: Findings): void {
  if (raw === undefined) return;
  findings.parse(EVENTS_LISTENER, { value: raw, path: "events_listener" });
  findings.unavailable("events_listener", "Not in this build");
}
