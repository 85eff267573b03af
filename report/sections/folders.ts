/**
 * What fills the image, folder by folder.
 * @module
 */

import { counted } from "../../pipeline/words/counted.ts";
import { formatSize } from "../../pipeline/words/size.ts";
import type { Contents } from "../contents/contents.ts";
import { FILE_KINDS } from "../contents/file_kinds.ts";
import { type Markup, markup } from "../html/markup.ts";
import { count, percent } from "../html/words.ts";
import { bar, type Section, swatch } from "./section.ts";
import { treemapPictures } from "./treemap.ts";
import { type TreemapNode, treemapTree } from "./treemap_tree.ts";

/** Folders that the table names. */
const MOST_ROWS = 40;

/** The picture of the folders, and the same as a table. */
export function foldersSection(contents: Contents): Section | undefined {
  const { allocatedBytes, kinds } = contents;
  if (allocatedBytes === 0) return undefined;
  const tree = treemapTree(contents);
  const rows = largestFolders(tree).slice(0, MOST_ROWS);
  const label = `What fills the image, by folder: ${
    rows.slice(0, 5).map(({ path, bytes }) => `${path} ${percent(bytes, allocatedBytes)}`)
      .join(", ")
  }. The same is in the table below.`;
  const legend = FILE_KINDS.map((kind, at) =>
    kinds[at]!.some(({ bytes }) => bytes > 0) && markup`<li>${swatch(`k${at}`)}${kind}</li>`
  );
  return {
    id: "folders",
    heading: "What fills it",
    body: markup`<p class="soft">Each rectangle is a file or a folder, as large as what it takes in
the image. Its colour is the kind of file that takes most of it.</p>
${treemapPictures(tree, label)}
<ul class="legend" aria-label="Colours">${legend}</ul>
${rows.length > 0 && table(rows, allocatedBytes)}`,
  };
}

/** The folders of the picture, the largest first. */
function largestFolders(tree: TreemapNode): TreemapNode[] {
  const folders: TreemapNode[] = [];
  const waiting = [tree];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.what === "folder" && node !== tree) folders.push(node);
    waiting.push(...node.children ?? []);
  }
  return folders.sort((a, b) => b.bytes - a.bytes);
}

function table(rows: readonly TreemapNode[], whole: number): Markup {
  return markup`<details><summary>${
    rows.length === MOST_ROWS
      ? `The ${MOST_ROWS} largest folders as a table`
      : `${counted(rows.length, "folder")} as a table`
  }</summary>
<table>
<caption>Folders with what is below them, the largest first</caption>
<thead><tr><th scope="col">Folder</th><th scope="col" class="n">Files</th><th scope="col" class="n">Size</th><th scope="col" class="n">Share</th></tr></thead>
<tbody>
${
    rows.map(({ path, kind, countFiles, bytes }) =>
      markup`<tr><th scope="row"><bdi>${path}</bdi>${
        bar(bytes / whole, `k${kind}`)
      }</th><td class="n" data-label="Files">${
        count(countFiles)
      }</td><td class="n" data-label="Size">${
        formatSize(bytes)
      }</td><td class="n" data-label="Share">${percent(bytes, whole)}</td></tr>\n`
    )
  }</tbody></table></details>`;
}
