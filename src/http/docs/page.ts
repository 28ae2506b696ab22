import { createHash } from "node:crypto";
import type { BodyAnswer } from "../answer.ts";
import { escapeHtml, renderOperation, renderSchema } from "./render.ts";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";

type Json = Record<string, unknown>;

/** One page that shows an OpenAPI document and loads nothing from anywhere. */
export function docsPage(document: Json): BodyAnswer {
  const content = html(document);
  const policy = [
    "default-src 'none'",
    `script-src '${digest(SCRIPT)}'`,
    `style-src '${digest(STYLE)}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  return {
    status: 200,
    text: { contentType: "text/html; charset=UTF-8", content },
    headers: {
      "Content-Security-Policy": policy,
      "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "no-referrer",
    },
  };
}

/** How a content security policy names an inline text. */
function digest(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

const METHODS = ["get", "head", "post", "put", "delete"];

function html(document: Json): string {
  const { info, tags, paths, components } = document as {
    info: { title: string; version: string; description: string };
    tags: { name: string; description: string }[];
    paths: Record<string, Json>;
    components: { schemas: Record<string, Json> };
  };
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    METHODS.filter((method) => method in item)
      .map((method) => ({ path, method, item, operation: item[method] as Json }))
  );
  const sections = tags.map(({ name, description }) => {
    const own = operations.filter(({ operation }) => (operation.tags as string[]).includes(name));
    return `<section><h2 id="${name}">${escapeHtml(name)}</h2><p>${escapeHtml(description)}</p>` +
      `${own.map(renderOperation).join("")}</section>`;
  });
  const links = tags.map(({ name }) => {
    const own = operations.filter(({ operation }) => (operation.tags as string[]).includes(name));
    const items = own.map(({ method, path, operation }) =>
      `<li><a href="#${operation.operationId}"><b class="${method}">${method}</b> ${
        escapeHtml(path)
      }</a></li>`
    );
    return `<h3>${escapeHtml(name)}</h3><ul>${items.join("")}</ul>`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(info.title)} API</title><style>${STYLE}</style></head><body>
<nav aria-label="Operations"><h1>${escapeHtml(info.title)} <small>${escapeHtml(info.version)}</small></h1>
<input id="search" type="search" placeholder="Search operations" aria-label="Search operations">${
    links.join("")
  }
<h3>schemas</h3><ul><li><a href="#schemas">All schemas</a></li><li><a href="/openapi.json">openapi.json</a></li></ul></nav>
<main><header><p>${
    escapeHtml(info.description)
  }</p><p>Every path below <code>/v1</code> wants a project-scoped token in
<code>X-Auth-Token</code>; a service that passes a call on may add its own in <code>X-Service-Token</code>.</p></header>${
    sections.join("")
  }
<section><h2 id="schemas">schemas</h2>${
    Object.entries(components.schemas).map(renderSchema).join("")
  }</section></main>
<script>${SCRIPT}</script></body></html>`;
}
