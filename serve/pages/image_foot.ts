/**
 * A line about the image that is looked at.
 * @module
 */

import { printable } from "icecore/plugin";
import { counted } from "../../pipeline/words/counted.ts";
import { formatSize } from "../../pipeline/words/size.ts";
import type { ShelfImage } from "../tree/shelf.ts";
import { type Html, html } from "../words/html.ts";
import { timeAttribute, timeText } from "../words/time_text.ts";

/** Its name, size and age, and what was asked of its server. */
export function imageFoot({ name, reader }: ShelfImage): Html {
  const { sizeBytes, info: { format, madeSeconds }, traffic } = reader;
  const made = html`<time datetime="${timeAttribute(madeSeconds)}">${timeText(madeSeconds)}</time>`;
  const asked = traffic === undefined
    ? ""
    : `, read by ${counted(traffic.countRequests, "request")} (${formatSize(traffic.countBytes)})`;
  return html`<p><bdi>${printable(name)}</bdi>: ${format}, ${
    formatSize(sizeBytes)
  }, made ${made}${asked}</p>`;
}
