/** Blocks of a configuration by name, as plain data whose texts may hold placeholders. */
export type Blocks = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const HEAD = `/*
 * Valet's configuration, made from that of the original by 'valet config migrate'. All that can be set is in
 * Valet's sample of a configuration. '$NAME' stands for a value from the environment, else for the content of the
 * file that 'NAME_FILE' names there, else for the systemd credential 'NAME'; '$$' is a dollar.
 */
`;

/** The module that exports `blocks`. */
export function configText(blocks: Blocks): string {
  const exports = Object.entries(blocks).map(([name, block]) =>
    `\nexport const ${name} = ${spelled(block)};\n`
  );
  return HEAD + exports.join("");
}

function spelled(value: unknown, indent = ""): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => spelled(item, indent)).join(", ")}]`;
  const inner = `${indent}  `;
  const lines = Object.entries(value).map(([key, item]) => `${inner}${key}: ${spelled(item, inner)},\n`);
  return `{\n${lines.join("")}${indent}}`;
}
