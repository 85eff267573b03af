/**
 * The page of a folder: its names, a way to each, and ways to take all of it.
 * @module
 */

import { counted } from "../../pipeline/words/counted.ts";
import { formatSize } from "../../pipeline/words/size.ts";
import type { SortKey, SortOrder } from "../tree/sort_order.ts";
import { type Html, html, type HtmlPart } from "../words/html.ts";
import type { Addresses } from "./addresses.ts";
import { entryHtml, type View } from "./entry_html.ts";
import { type Page, searchForm, trailOf } from "./layout.ts";
import { lightBox } from "./light_box.ts";
import type { Row } from "./row.ts";

/** Names on one page; further ones are on the next, or come when the script scrolls to them. */
export const PAGE_ROWS = 200;

/** What a folder's page shows. */
export interface FolderView {
  readonly addresses: Addresses;
  readonly rootName: string;
  /** In the tree. */
  readonly path: Uint8Array;
  readonly title: string;
  readonly rows: readonly Row[];
  /** Of the first row. */
  readonly from: number;
  readonly count: number;
  readonly filesBytes: number;
  readonly order: SortOrder;
  readonly view: View;
  /** Whether it can be taken as an archive: not where it is the list of images. */
  readonly isInImage: boolean;
  readonly foot: HtmlPart;
}

/** The page. */
export function folderPage(folder: FolderView): Page {
  const { addresses, rootName, path, title, rows, count, view } = folder;
  const list = addresses.of("list", path, queryOf(folder));
  const main = html`
    <h1 class="hidden">${title}</h1>
    <div class="tools">
    <p class="summary">${summaryOf(folder)}</p>
    <p id="status" class="status" role="status"></p>
    ${folder.isInImage ? archivesHtml(addresses, path) : ""}
    ${count === 0 ? "" : viewsHtml(folder)}
    </div>
    ${count === 0 ? "" : ordersHtml(folder)}
    <ul id="entries" class="${view}" data-base="${addresses.base}" data-list="${list}"
      data-search="${addresses.of("search", path)}" data-count="${count}" data-view="${view}"
      data-first="${folder.from}">
    ${rows.map((row) => entryHtml(addresses, row, view))}</ul>
    ${count === 0 ? html`<p class="empty">This folder is empty.</p>` : ""}
    ${pagesHtml(folder)}
    ${lightBox}
  `;
  return {
    title,
    trail: trailOf(addresses, rootName, path),
    tools: searchForm(addresses.of("browse", path), ""),
    main,
    foot: folder.foot,
  };
}

function summaryOf({ count, filesBytes, isInImage }: FolderView): string {
  const names = counted(count, isInImage ? "name" : "image");
  return filesBytes === 0 ? names : `${names}, ${formatSize(filesBytes)} in files`;
}

function archivesHtml(addresses: Addresses, path: Uint8Array): Html {
  return html`
    <p
      class="archives"><a class="button" href="${addresses.of(
        "tar",
        path,
      )}" download>Download as tar</a> <a class="button" href="${addresses.of(
        "zip",
        path,
      )}" download>as zip</a></p>
  `;
}

function queryOf({ order, view }: Pick<FolderView, "order" | "view">) {
  return { sort: order.key, direction: order.direction, view };
}

function viewsHtml(folder: FolderView): Html {
  const { addresses, path, view } = folder;
  const link = (each: View, text: string) =>
    html`
      <a class="button ${each}-view" href="${addresses.of(
        "browse",
        path,
        queryOf({ ...folder, view: each }),
      )}" ${each === view
        ? html`
          aria-current="true"
        `
        : ""}>${text}</a>
    `;
  return html`<nav class="views" aria-label="View">${link("list", "List")} ${
    link("grid", "Grid")
  }</nav>`;
}

const ORDERS: readonly (readonly [SortKey, string])[] = [
  ["name", "Name"],
  ["size", "Size"],
  ["time", "Changed"],
  ["type", "Type"],
];

function ordersHtml(folder: FolderView): Html {
  const { addresses, path, order, view } = folder;
  return html`<nav class="orders" aria-label="Sort by">${
    ORDERS.map(([key, text]) => {
      const isNow = order.key === key;
      const direction = isNow && order.direction === "up" ? "down" : "up";
      const href = addresses.of("browse", path, queryOf({ order: { key, direction }, view }));
      return html`
        <a class="by-${key}" href="${href}" ${isNow
          ? html`
            aria-current="true" data-direction="${order.direction}"
          `
          : ""}>${text}${isNow
          ? html`<span class="hidden">, ${
            order.direction === "up" ? "ascending" : "descending"
          }</span>`
          : ""}</a>
      `;
    })
  }</nav>`;
}

/** For browsers without scripts. */
function pagesHtml(folder: FolderView): Html | "" {
  const { addresses, path, from, count, rows } = folder;
  const link = (at: number, text: string) =>
    html`<a class="button" href="${
      addresses.of("browse", path, { ...queryOf(folder), from: String(at) })
    }">${text}</a>`;
  const end = from + rows.length;
  if (from === 0 && end >= count) return "";
  return html`
    <nav class="pages"
      aria-label="Pages">${from > 0
        ? link(Math.max(0, from - PAGE_ROWS), "Previous")
        : ""} <span>${(from + 1).toLocaleString("en")} to ${end.toLocaleString(
          "en",
        )}</span> ${end < count ? link(end, "Next") : ""}</nav>
  `;
}
