/**
 * HTML in which whatever comes from outside is text: nothing else can be put into it.
 * @module
 */

import { escapedHtml } from "../../pipeline/words/escaped_html.ts";

/** HTML that was written here. */
export class Markup {
  /** Use {@linkcode markup}. */
  constructor(readonly text: string) {}
}

/** What may stand in a `markup` template; text and numbers are escaped, lists are joined. */
export type Insertable =
  | Markup
  | string
  | number
  | undefined
  | false
  | readonly Insertable[];

/**
 * A template of HTML or SVG.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const name = `<b title="x">`;
 * assert.equal(markup`<p>${name}</p>`.text, "<p>&lt;b title=&quot;x&quot;&gt;</p>");
 * ```
 */
export function markup(parts: TemplateStringsArray, ...values: readonly Insertable[]): Markup {
  let text = parts[0]!;
  for (let i = 0; i < values.length; i++) text += rendered(values[i]) + parts[i + 1]!;
  return new Markup(text);
}

function rendered(value: Insertable): string {
  if (value === undefined || value === false) return "";
  if (value instanceof Markup) return value.text;
  if (typeof value === "string" || typeof value === "number") return escapedHtml(String(value));
  return value.map(rendered).join("");
}
