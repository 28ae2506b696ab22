const README = new URL("../../README.md", import.meta.url);

/** What is done with the commands of a block: the word after `sh`. */
export const KINDS = ["demo-start", "demo", "install", "ci", "services", "bench"] as const;

export interface Block {
  readonly language: string;
  /** The rest of the line that opens the block. */
  readonly kind: string;
  readonly text: string;
}

/** The fenced blocks of the README, in order. */
export function readmeBlocks(): Block[] {
  return [...Deno.readTextFileSync(README).matchAll(/^```(\w+) ?(.*)\n([^]*?)^```$/gm)]
    .map(([, language, kind, text]) => ({ language, kind, text }));
}

/** The commands of one kind. */
export function commandsOf(kind: (typeof KINDS)[number]): string[] {
  return readmeBlocks().filter((block) => block.language === "sh" && block.kind === kind)
    .map(({ text }) => text);
}
