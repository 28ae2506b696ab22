import type { z } from "zod";
import { documentSchema, healthSchema, livenessSchema } from "../schemas/service.ts";

/** What the documentation tells of a route beside the contract. */
export interface ServiceDocument {
  readonly summary: string;
  readonly description: string;
  readonly contentType: string;
  readonly schema?: z.ZodType;
  readonly example?: unknown;
  /** An answer that is no success but says the same kind of thing. */
  readonly failure?: { readonly status: 503; readonly description: string; readonly example: unknown };
  /** Whether peers that are not trusted need an admin's token. */
  readonly guarded?: boolean;
}

const JSON_TYPE = "application/json";

/** The routes for operators and readers, by path. Each answers GET, and HEAD like it. */
export const SERVICE_DOCUMENTS = {
  "/livez": {
    summary: "Tell that the process answers",
    description: "It does, whatever else may be out of order",
    contentType: JSON_TYPE,
    schema: livenessSchema,
    example: { status: "ok" },
  },
  "/readyz": {
    summary: "Tell whether the service can do its work",
    description: "Every part works",
    contentType: JSON_TYPE,
    schema: healthSchema,
    example: { status: "ok", checks: { store: "ok", identity: "ok", optimizer: "ok" } },
    failure: {
      status: 503,
      description: "A part does not work, or the service is starting or stopping",
      example: { status: "failed", checks: { store: "failed", identity: "ok", optimizer: "ok" } },
    },
  },
  "/metrics": {
    summary: "Show metrics in Prometheus' text form",
    description:
      "The metrics; without a token for this machine and for addresses that the configuration allows",
    contentType: "text/plain",
    guarded: true,
  },
  "/openapi.json": {
    summary: "Describe the API for programs",
    description: "This document",
    contentType: JSON_TYPE,
    schema: documentSchema,
    example: { openapi: "3.1.0", info: { title: "Valet", version: "0.1.0" }, paths: {} },
  },
  "/docs": {
    summary: "Describe the API for readers",
    description: "A page that loads nothing from elsewhere",
    contentType: "text/html",
  },
} as const satisfies Record<string, ServiceDocument>;

export type ServicePath = keyof typeof SERVICE_DOCUMENTS;
