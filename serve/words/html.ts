/**
 * HTML in which all that is put in is text: nothing out of an image can become markup.
 * @module
 */

/** Markup that was written here. */
export class Html {
  constructor(readonly text: string) {}
}

/** What may stand in a template: text, markup, several of them, or nothing. */
export type HtmlPart = string | number | Html | undefined | false | readonly HtmlPart[];

/** A template; only what is `Html` itself is put in as it is. Attributes stand in double quotes. */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  let text = strings[0]!;
  parts.forEach((part, i) => text += textOf(part) + strings[i + 1]!);
  return new Html(text);
}

function textOf(part: HtmlPart): string {
  if (part === undefined || part === false) return "";
  if (part instanceof Html) return part.text;
  if (typeof part === "object") return part.map(textOf).join("");
  return escaped(String(part));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as it may stand between tags and in attributes. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
