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

/** All fenced blocks of a page, in order; those in lists and quotes as well. */
export function codeBlocks(markdown: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open:
    | {
      line: number;
      margin: string;
      fence: string;
      info: string;
      text: string[];
    }
    | undefined;
  for (const [index, line] of markdown.split("\n").entries()) {
    if (open === undefined) {
      const [, margin = "", fence, info = ""] =
        /^([\s>]*)(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
      if (fence === undefined) continue;
      open = { line: index + 1, margin, fence, info: info.trim(), text: [] };
      continue;
    }
    const text = line.startsWith(open.margin)
      ? line.slice(open.margin.length)
      : line.trimStart();
    if (text.trimEnd() === open.fence) {
      blocks.push(toBlock(open));
      open = undefined;
    } else {
      open.text.push(text);
    }
  }
  if (open !== undefined) {
    throw new Error(`the block at line ${open.line} is not closed`);
  }
  return blocks;
}

function toBlock(
  { line, info, text }: { line: number; info: string; text: string[] },
): CodeBlock {
  const [language = "", ...words] = info.split(/\s+/);
  const runnable = words.includes("runnable");
  if (runnable && language !== "ts" && language !== "sh") {
    throw new Error(
      `the block at line ${line} is runnable, but neither ts nor sh`,
    );
  }
  return { line, language, runnable, text: text.join("\n") + "\n" };
}
