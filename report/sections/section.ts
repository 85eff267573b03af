/**
 * A part of the page: its heading, the place that the list of contents leads to, and what is in it.
 * @module
 */

import { type Markup, markup } from "../html/markup.ts";

/** A part of the page. */
export interface Section {
  /** The place in the page. */
  readonly id: string;
  readonly heading: string;
  readonly body: Markup;
}

/** A part as the page has it. */
export function sectionMarkup({ id, heading, body }: Section): Markup {
  return markup`<section id="${id}" aria-labelledby="${id}-heading">
<h2 id="${id}-heading">${heading}</h2>
${body}
</section>
`;
}

/** A bar in a table, whose numbers stand beside it. @param share 0 to 1. */
export function bar(share: number, className: string): Markup {
  const width = Math.max(0.4, 100 * Math.min(1, share)).toFixed(1);
  return markup`<svg class="bar" height="8" aria-hidden="true"><rect class="track" width="100%" height="8" rx="4"/><rect class="${className}" width="${width}%" height="8" rx="4"/></svg>`;
}

/** A square of the colour that something is drawn in. */
export function swatch(className: string): Markup {
  return markup`<svg class="swatch" width="13" height="13" aria-hidden="true"><rect class="${className}" width="13" height="13" rx="3"/></svg>`;
}
