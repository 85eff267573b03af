/**
 * What fills the image, by kind of file.
 * @module
 */

import { formatSize } from "../../pipeline/words/size.ts";
import type { Contents, EndingTotal } from "../contents/contents.ts";
import { FILE_KINDS } from "../contents/file_kinds.ts";
import { markup } from "../html/markup.ts";
import { count, percent } from "../html/words.ts";
import { bar, type Section } from "./section.ts";

/** Endings that are named for each kind. */
const SHOWN_ENDINGS = 5;

/** The kinds as a table with bars. */
export function kindsSection({ kinds, allocatedBytes, countFiles }: Contents): Section | undefined {
  if (countFiles === 0) return undefined;
  const rows = FILE_KINDS.map((kind, at) => ({ kind, at, ...sumOf(kinds[at]!) }))
    .filter((row) => row.countFiles > 0)
    .sort((a, b) => b.bytes - a.bytes || b.countFiles - a.countFiles);
  return {
    id: "kinds",
    heading: "Kinds of files",
    body: markup`<table>
<caption>By the ending of the name; no file is opened for it</caption>
<thead><tr><th scope="col">Kind</th><th scope="col" class="n">Files</th><th scope="col" class="n">Size</th><th scope="col" class="n">Share</th></tr></thead>
<tbody>
${
      rows.map(({ kind, at, bytes, countFiles }) =>
        markup`<tr><th scope="row">${capitalized(kind)} <small>${endingsOf(kinds[at]!)}</small>${
          bar(allocatedBytes === 0 ? 0 : bytes / allocatedBytes, `k${at}`)
        }</th><td class="n" data-label="Files">${
          count(countFiles)
        }</td><td class="n" data-label="Size">${
          formatSize(bytes)
        }</td><td class="n" data-label="Share">${percent(bytes, allocatedBytes)}</td></tr>\n`
      )
    }</tbody></table>`,
  };
}

function sumOf(endings: readonly EndingTotal[]): { bytes: number; countFiles: number } {
  return endings.reduce((sum, { bytes, countFiles }) => ({
    bytes: sum.bytes + bytes,
    countFiles: sum.countFiles + countFiles,
  }), { bytes: 0, countFiles: 0 });
}

function endingsOf(endings: readonly EndingTotal[]): string {
  const named = endings.slice(0, SHOWN_ENDINGS).map(({ ending, bytes }) =>
    `${ending === "" ? "no ending" : ending} ${formatSize(bytes)}`
  );
  const more = endings.length - named.length;
  return named.join(", ") + (more > 0 ? `, and ${more} more` : "");
}

function capitalized(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1);
}
