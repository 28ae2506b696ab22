type Json = Record<string, unknown>;

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** One operation: what it takes, what it answers, with examples. */
export function renderOperation(
  { path, method, item, operation }: { path: string; method: string; item: Json; operation: Json },
): string {
  const parameters = [...item.parameters as Json[] ?? [], ...operation.parameters as Json[] ?? []];
  const body = operation.requestBody as { required: boolean; content: Json } | undefined;
  const responses = Object.entries(operation.responses as Record<string, Json>);
  return `<article id="${operation.operationId}" data-search="${
    escapeHtml(`${method} ${path} ${operation.summary}`.toLowerCase())
  }">
<h3><b class="${method}">${method}</b> <code>${escapeHtml(path)}</code></h3><p>${
    escapeHtml(String(operation.summary))
  }</p>
${parameters.length > 0 ? `<h4>Parameters</h4><dl>${parameters.map(renderParameter).join("")}</dl>` : ""}
${body ? `<h4>Body${body.required ? "" : " (optional)"}</h4>${renderContent(body.content)}` : ""}
<h4>Answers</h4>${responses.map(renderResponse).join("")}</article>`;
}

function renderParameter({ name, in: place, description }: Json): string {
  return `<dt><code>${escapeHtml(String(name))}</code> <small>${place}</small></dt><dd>${
    escapeHtml(String(description))
  }</dd>`;
}

function renderResponse([status, { description, content }]: [string, Json]): string {
  const kind = status.startsWith("2") ? "good" : "bad";
  const summary = `<summary><b class="${kind}">${status}</b> ${escapeHtml(String(description))}</summary>`;
  return content
    ? `<details>${summary}${renderContent(content as Json)}</details>`
    : `<p class="answer">${summary.replace(/<\/?summary>/g, "")}</p>`;
}

function renderContent(content: Json): string {
  return Object.entries(content as Record<string, Json>).map(([type, { schema, example, examples }]) => {
    const shown = example === undefined
      ? Object.values(examples as Record<string, { value: unknown }> ?? {}).map(({ value }) => value)
      : [example];
    const name = (schema as { $ref?: string }).$ref?.split("/").at(-1);
    const link = name ? ` <a href="#schema-${name}">${name}</a>` : "";
    return `<p><small>${type}</small>${link}</p>${shown.map(renderJson).join("")}`;
  }).join("");
}

function renderJson(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return `<pre>${escapeHtml(text)}</pre>`;
}

export function renderSchema([name, schema]: [string, Json]): string {
  return `<details id="schema-${name}"><summary><code>${escapeHtml(name)}</code></summary>${
    renderJson(schema)
  }</details>`;
}
