/**
 * Files with equal contents, and what storing them once would save.
 * @module
 */

import { counted } from "../../pipeline/words/counted.ts";
import { formatSize } from "../../pipeline/words/size.ts";
import type { Contents } from "../contents/contents.ts";
import type { EqualFiles } from "../contents/equal_files.ts";
import { type Markup, markup } from "../html/markup.ts";
import { count, pathed, percent } from "../html/words.ts";
import type { Section } from "./section.ts";

/** What is known of equal files. @param advice How they are stored once. */
export function equalSection(
  { equal, allocatedBytes, countFiles }: Contents,
  advice = "",
): Section | undefined {
  if (countFiles === 0) return undefined;
  return {
    id: "equal",
    heading: "Equal files",
    body: body(equal, allocatedBytes, advice),
  };
}

function body(equal: EqualFiles, allocatedBytes: number, advice: string): Markup {
  const { verdict, countCopies, savedBytes, sharedBytes, groups } = equal;
  if (verdict.state === "none") {
    return markup`<p>The image holds no digests of its files: which are equal is not known without reading all of them.</p>`;
  }
  if (verdict.state !== "sound") {
    return markup`<p>The digests in the image cannot be relied on: ${verdict.why}. Which files are equal is not known.</p>`;
  }
  if (countCopies === 0) return markup`<p>No two files have the same contents.</p>`;
  const copies = counted(countCopies, "file");
  const has = countCopies === 1 ? "has" : "have";
  return markup`<p>${copies} ${has} the same contents as another one.${
    savedBytes > 0 &&
    markup` Stored once, they would save <strong>${formatSize(savedBytes)}</strong>, ${
      percent(savedBytes, allocatedBytes)
    } of what the files take${advice}.`
  }${
    sharedBytes > 0 &&
    markup` ${formatSize(sharedBytes)} are saved already: equal files share their blocks.`
  }</p>
<table>
<caption>${groups.length === 1 ? "Equal files" : "The groups that take most"}</caption>
<thead><tr><th scope="col">Files</th><th scope="col" class="n">Copies</th><th scope="col" class="n">Each</th><th scope="col" class="n">Saves</th></tr></thead>
<tbody>
${
    groups.map(({ paths, countFiles, sizeBytes, savedBytes }) =>
      markup`<tr><th scope="row"><ul class="paths">${
        paths.map((path) => markup`<li>${pathed(path)}</li>`)
      }${
        countFiles > paths.length &&
        markup`<li><small>and ${count(countFiles - paths.length)} more</small></li>`
      }</ul></th><td class="n" data-label="Copies">${
        count(countFiles)
      }</td><td class="n" data-label="Each">${
        formatSize(sizeBytes)
      }</td><td class="n" data-label="Saves">${
        savedBytes === 0 ? "shared" : formatSize(savedBytes)
      }</td></tr>\n`
    )
  }</tbody></table>`;
}
