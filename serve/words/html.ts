/**
 * HTML in which all that is put in is text: nothing out of an image can become markup.
 * @module
 */

import { escapedHtml } from "../../pipeline/words/escaped_html.ts";

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
  return escapedHtml(String(part));
}
