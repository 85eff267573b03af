/**
 * A row of a folder, and a tile of a grid, as HTML. The page's script makes the same of the same.
 * @module
 */

import { type Html, html } from "../words/html.ts";
import type { Addresses } from "./addresses.ts";
import type { Row } from "./row.ts";

/** How a folder is shown. */
export type View = "list" | "grid";

/** A row of a list, or a tile of a grid. */
export function entryHtml(addresses: Addresses, row: Row, view: View): Html {
  const inside = html`
    ${iconHtml(addresses, row, view)}<span class="name"><bdi>${row
      .text}</bdi>${row.folder === undefined
      ? ""
      : html`<span class="folder"><bdi>${row.folder}</bdi></span>`}</span><span
      class="size">${row.size}</span><time datetime="${row.datetime}">${row.time}</time>
  `;
  return html`
    <li>${openHtml(addresses, row, inside)}${saveHtml(addresses, row)}</li>
  `;
}

/** What cannot be opened is not a link. */
function openHtml(addresses: Addresses, row: Row, inside: Html): Html {
  if (row.icon === "special") return html`<span class="open">${inside}</span>`;
  const isFile = row.size !== "";
  const href = `${addresses.base}/${isFile ? "look" : "browse"}/${row.path}`;
  return html`<a class="open" href="${href}">${inside}</a>`;
}

function saveHtml(addresses: Addresses, row: Row): Html | "" {
  if (row.size === "") return "";
  const href = `${addresses.base}/raw/${row.path}?download`;
  return html`<a class="save" href="${href}" download aria-label="Download ${row.text}"></a>`;
}

function iconHtml(addresses: Addresses, row: Row, view: View): Html {
  const icon = html`<span class="icon ${row.icon}" aria-hidden="true"></span>`;
  if (view === "list" || row.shows !== "picture") return icon;
  const src = `${addresses.base}/thumb/${row.path}`;
  return html`${icon}<img class="thumb" src="${src}" alt="" loading="lazy" decoding="async">`;
}
