/**
 * A page of the documentation on a terminal.
 * @module
 */

import { type Drawing, wrapped } from "./short_help.ts";

/**
 * Markdown as text: headings stand out, code keeps its lines, links are their words, tables stay.
 * Pictures and comments are left out.
 */
export function terminalPage(markdown: string, { width, color }: Drawing): string {
  const bold = (text: string) => (color ? `\x1b[1m${text}\x1b[0m` : text);
  const shown: string[] = [];
  let isCode = false;
  let paragraph: string[] = [];
  const flush = () => {
    if (paragraph.length === 0) return;
    const text = paragraph.join(" ");
    const item = /^(- |\d+\. )/.exec(text)?.[0] ?? "";
    shown.push(...wrapped(inline(text), width, " ".repeat(item.length)));
    paragraph = [];
  };
  for (const line of markdown.replace(/<!--[^]*?-->\n*/g, "").split("\n")) {
    if (/^```/.test(line)) {
      flush();
      isCode = !isCode;
    } else if (isCode) shown.push(`    ${line}`.trimEnd());
    else if (/^#+ /.test(line)) {
      flush();
      const title = inline(line.replace(/^#+ /, ""));
      shown.push(bold(line.startsWith("# ") ? title.toUpperCase() : title));
    } else if (line.startsWith("|")) {
      flush();
      if (!/^\|[ :|-]+\|$/.test(line)) shown.push(inline(line));
    } else if (line.trim() === "") {
      flush();
      if (shown.at(-1) !== "") shown.push("");
    } else if (!/^!\[.*\)$/.test(line)) {
      if (/^(- |\d+\. )/.test(line)) flush();
      paragraph.push(line.trim());
    }
  }
  flush();
  return shown.join("\n").trim();
}

/** Words without the marks around them. */
function inline(text: string): string {
  return text.replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/\*\*([^*]+)\*\*/g, "$1")
    .replace(/(?<![\w_])_([^_]+)_(?![\w_])/g, "$1").replace(/`([^`]+)`/g, "$1");
}
