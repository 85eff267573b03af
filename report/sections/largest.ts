/**
 * The largest files.
 * @module
 */

import { formatSize } from "../../pipeline/words/size.ts";
import type { Contents } from "../contents/contents.ts";
import { markup } from "../html/markup.ts";
import { day, pathed } from "../html/words.ts";
import { bar, type Section } from "./section.ts";

const MOST_ROWS = 20;
/** What a file may take less than its size without a word: an end that fits in its inode, say. */
const LEAST_HOLES_BYTES = 65_536;

/** The largest files as a table with bars. */
export function largestSection({ largeFiles, folders }: Contents): Section | undefined {
  const rows = largeFiles.slice(0, MOST_ROWS);
  if (rows.length === 0) return undefined;
  const most = rows[0]!.allocatedBytes;
  return {
    id: "largest",
    heading: "Largest files",
    body: markup`<table>
<caption>By what they take in the image</caption>
<thead><tr><th scope="col">File</th><th scope="col" class="n">Changed</th><th scope="col" class="n">Size</th></tr></thead>
<tbody>
${
      rows.map(({ folder, name, kind, sizeBytes, allocatedBytes, modifiedSeconds }) =>
        markup`<tr><th scope="row">${pathed(folders.pathOf(folder, name))}${
          sizeBytes - allocatedBytes > LEAST_HOLES_BYTES &&
          markup` <small>of ${formatSize(sizeBytes)}, the rest is holes</small>`
        }${bar(allocatedBytes / most, `k${kind}`)}</th><td class="n" data-label="Changed">${
          day(modifiedSeconds)
        }</td><td class="n" data-label="Size">${formatSize(allocatedBytes)}</td></tr>\n`
      )
    }</tbody></table>`,
  };
}
