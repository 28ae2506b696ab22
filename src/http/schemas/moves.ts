import * as z from "zod";
import { MOST_PER_HOST } from "../../domain/moves.ts";
import { clientId, hostNames, text } from "./fields.ts";

const MOST_HOSTS = 100;

const count = (description: string, { max }: { max: number }) =>
  z.int("integer (not of type integer)")
    .min(1, "integer_type (must be at least 1)")
    .max(max, `integer_type (must be at most ${max})`)
    .meta({ description });

const oneOf = (keys: readonly string[]) => (value: object) =>
  Object.keys(value).length === 1 && keys.includes(Object.keys(value)[0]);

const CHOICES = ["hosts", "rack"];

const choice = (description: string) =>
  z.strictObject({
    hosts: hostNames("These hosts", { max: MOST_HOSTS }).min(1, "array_type (must contain at least 1 items)")
      .optional(),
    rack: text("All hosts of this rack", { min: 1 }).optional(),
  }, "dictionary (not of type dictionary)")
    .refine(oneOf(CHOICES), "choice_type (must be one of hosts and rack)")
    .meta({ description });

const GOALS = ["drain", "failed", "consolidate", "move"];

const goal = z.strictObject({
  drain: choice("Nothing of Valet's stays there").optional(),
  failed: choice("These hosts are lost: their servers start anew elsewhere").optional(),
  consolidate: z.strictObject({
    hosts: count("So many more hosts become empty, those with the fewest servers first", { max: MOST_HOSTS }),
  }, "dictionary (not of type dictionary)").optional(),
  move: z.strictObject({
    server: clientId("Nova's id of a server, else its orchestration id"),
  }, "dictionary (not of type dictionary)").optional(),
}, "dictionary (not of type dictionary)")
  .refine(oneOf(GOALS), "goal_type (must be one of drain, failed, consolidate and move)");

export const planMovesSchema = z.strictObject({
  goal,
  moves_per_host: count("Moves of one wave that a host may be an end of; a setting unless told otherwise", {
    max: MOST_PER_HOST,
  }).optional(),
}).meta({ id: "PlanMoves" });

export type PlanMovesBody = z.infer<typeof planMovesSchema>;

const shown = {
  stack_id: z.string().optional(),
  resource_id: z.string().nullable().optional().meta({ description: "Nova's id, once known" }),
  memory_mb: z.number().optional().meta({ description: "What is copied at least, in MiB" }),
  step: z.number().optional().meta({
    description: "Moves of a wave with the same number belong together: affinity binds their servers",
  }),
};

const wantedMove = z.strictObject({
  server: clientId("Orchestration id"),
  from: text("Where the server is", { min: 1 }),
  to: text("Where it is to go", { min: 1 }),
  live: z.boolean("boolean (not of type boolean)").optional().meta({
    description: "False for a server whose host is lost; true unless told otherwise",
  }),
  ...shown,
}, "dictionary (not of type dictionary)");

export const applyMovesSchema = z.strictObject({
  wave: z.array(wantedMove, "array (not of type array)")
    .min(1, "array_type (must contain at least 1 items)")
    .meta({ description: "Moves as a schedule shows them; what else it shows of them is ignored" }),
}).meta({ id: "ApplyMoves" });

export type ApplyMovesBody = z.infer<typeof applyMovesSchema>;

export const movesSchema = z.object({
  moves: z.object({
    count: z.number(),
    least: z.number().meta({ description: "No schedule that gets as far has fewer moves" }),
    waves: z.array(z.array(wantedMove)).meta({
      description: "A wave begins when the one before it is over; its steps may run in any order or together",
    }),
    staying: z.array(z.object({
      server: z.string().nullable().meta({
        description:
          "Orchestration id; Nova's for a server that Valet does not hold; null for an unlisted one",
      }),
      host: z.string(),
      reason: z.string(),
    })),
    emptied: z.array(z.string()).meta({ description: "Hosts of the goal that hold no server afterwards" }),
    steps: z.number().meta({ description: "Candidate hosts examined" }),
    ended_by: z.enum(["answer", "steps", "time"]).meta({
      description: "What cut the plan off: its budget of steps, or the emergency clock; else `answer`",
    }),
  }),
}).meta({ id: "Moves" });
