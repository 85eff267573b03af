/**
 * What a search found, for browsers without scripts.
 * @module
 */

import { counted } from "../../pipeline/words/counted.ts";
import { html } from "../words/html.ts";
import type { Addresses } from "./addresses.ts";
import { entryHtml } from "./entry_html.ts";
import { type Page, searchForm, trailOf } from "./layout.ts";
import type { Row } from "./row.ts";

/** What a search's page shows. */
export interface SearchView {
  readonly addresses: Addresses;
  readonly rootName: string;
  /** Of the folder that was searched. */
  readonly path: Uint8Array;
  readonly query: string;
  readonly rows: readonly Row[];
  /** Whether there are more. */
  readonly isCut: boolean;
}

/** The page. */
export function searchPage({ addresses, rootName, path, query, rows, isCut }: SearchView): Page {
  const found = rows.length === 0
    ? "Nothing has all of these words in its name."
    : isCut
    ? `The first ${counted(rows.length, "hit")}; add a word to have fewer.`
    : `${counted(rows.length, "hit")}.`;
  return {
    title: `${query} – search`,
    trail: trailOf(addresses, rootName, path),
    tools: searchForm(addresses.of("browse", path), query),
    main: html`
      <h1 class="hidden">Search</h1>
      <div class="tools">
        <p class="summary">${found}</p>
      </div>
      <ul class="list">
      ${rows.map((row) => entryHtml(addresses, row, "list"))}</ul>
    `,
  };
}
