/**
 * Finds the code blocks of a Markdown page, and the ones that claim to run: their fence says
 * `ts runnable` or `sh runnable`.
 * @module
 */

/** A fenced block. */
export interface CodeBlock {
  /** Line of the opening fence, counted from 1. */
  readonly line: number;
  /** The first word after the fence, e.g. `ts`. */
  readonly language: string;
  readonly runnable: boolean;
  readonly text: string;
}

/** All fenced blocks of a page, in order. */
export function codeBlocks(markdown: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: { line: number; fence: string; info: string; text: string[] } | undefined;
  for (const [index, line] of markdown.split("\n").entries()) {
    const fence = /^(`{3,}|~{3,})(.*)$/.exec(line);
    if (open === undefined) {
      if (fence === null) continue;
      open = { line: index + 1, fence: fence[1] ?? "", info: (fence[2] ?? "").trim(), text: [] };
    } else if (line.trimEnd() === open.fence) {
      blocks.push(toBlock(open));
      open = undefined;
    } else {
      open.text.push(line);
    }
  }
  if (open !== undefined) throw new Error(`the block at line ${open.line} is not closed`);
  return blocks;
}

function toBlock({ line, info, text }: { line: number; info: string; text: string[] }): CodeBlock {
  const [language = "", ...words] = info.split(/\s+/);
  const runnable = words.includes("runnable");
  if (runnable && language !== "ts" && language !== "sh") {
    throw new Error(`the block at line ${line} is runnable, but neither ts nor sh`);
  }
  return { line, language, runnable, text: text.join("\n") + "\n" };
}
