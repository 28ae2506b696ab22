import * as z from "zod";
import { hostNames, pathText } from "./fields.ts";
import { WHOLE } from "../validation_text.ts";

const MOST_CANDIDATES = 10_000;
const ACTIONS = ["reserve", "replan"] as const;

/** Unknown keys are ignored here, unlike everywhere else. */
export const reservePlacementSchema = z.object({
  locations: hostNames("Candidate hosts", { max: MOST_CANDIDATES }).nullish(),
  resource_id: pathText("Nova's id of the server").nullish().meta({
    description: "Nova's id of the server; the stored one is kept when absent or empty",
  }),
  action: z.enum(ACTIONS, `${WHOLE}Invalid action: {value}. Must be one of ('reserve', 'replan')`).nullish()
    .meta({ description: "`replan` looks for another host even when the planned one is a candidate" }),
}).meta({ id: "ReservePlacement" });

export type ReservePlacement = z.infer<typeof reservePlacementSchema>;

const placementSchema = z.object({
  id: z.string(),
  name: z.string(),
  orchestration_id: z.string(),
  resource_id: z.string().nullable().meta({ description: "Nova's id of the server, once known" }),
  location: z.string().meta({ description: "Host name exactly as Nova spells it" }),
  reserved: z.boolean(),
  plan_id: z.string(),
  metadata: z.record(z.string(), z.unknown()).meta({ description: "Heat's scheduler hints" }),
}).meta({ id: "Placement" });

export const placementEnvelopeSchema = z.object({ placement: placementSchema }).meta({
  id: "PlacementEnvelope",
});
export const placementListSchema = z.object({ placements: z.array(placementSchema) }).meta({
  id: "PlacementList",
});
