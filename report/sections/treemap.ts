/**
 * What fills the image, as nested rectangles: a picture for each width of the page.
 * @module
 */

// @ts-types="@types/d3-hierarchy"
import { hierarchy, type HierarchyRectangularNode, treemap, treemapSquarify } from "d3-hierarchy";
import { counted } from "../../pipeline/words/counted.ts";
import { formatSize } from "../../pipeline/words/size.ts";
import { type Markup, markup } from "../html/markup.ts";
import type { TreemapNode } from "./treemap_tree.ts";

type Rectangle = HierarchyRectangularNode<TreemapNode>;

/** Widths and heights of the pictures; the page shows the one that fits. */
const PICTURES = [
  { name: "wide", width: 1040, height: 560 },
  { name: "medium", width: 720, height: 560 },
  { name: "narrow", width: 340, height: 520 },
] as const;

const HEADING_HEIGHT = 19;
/** Folders that are smaller are drawn without what is in them. */
const LEAST_OPEN = { width: 46, height: 40 };
/** What a letter of the small font takes; one of Chinese or Japanese takes two. */
const LETTER_WIDTH = 6.1;
/** The same in bold. */
const BOLD_LETTER_WIDTH = 7.4;

/** The pictures of a tree. @param label The text alternative. */
export function treemapPictures(tree: TreemapNode, label: string): Markup {
  const root = hierarchy(tree, ({ children }) => children)
    .sum(({ bytes, children }) => children === undefined ? bytes : 0)
    .sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
  const pictures = PICTURES.map(({ name, width, height }) => {
    const placed = treemap<TreemapNode>()
      .size([width, height])
      .tile(treemapSquarify.ratio(1.4))
      .round(true)
      .paddingTop((node) => hasHeading(node) ? HEADING_HEIGHT : 0)
      .paddingInner(1)
      .paddingLeft((node) => hasHeading(node) ? 2 : 0)
      .paddingRight((node) => hasHeading(node) ? 2 : 0)
      .paddingBottom((node) => hasHeading(node) ? 2 : 0)(root);
    return markup`<svg class="${name}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">${
      drawn(placed)
    }</svg>\n`;
  });
  return markup`<div class="treemap">\n${pictures}</div>`;
}

function hasHeading({ depth, x0, x1, y0, y1 }: Rectangle): boolean {
  return depth > 0 && x1 - x0 >= LEAST_OPEN.width && y1 - y0 >= LEAST_OPEN.height;
}

function drawn(node: Rectangle): Markup {
  const { children, depth } = node;
  if (children === undefined || (depth > 0 && !hasHeading(node))) return leaf(node);
  if (depth === 0) return markup`${children.map(drawn)}`;
  const { data, x0, x1, y0 } = node;
  const label = fitting(data.label, x1 - x0 - 6, BOLD_LETTER_WIDTH);
  const heading = label !== "" &&
    markup`<text x="${x0 + 5}" y="${y0 + 14}">${isolated(label)}</text>`;
  return markup`<g class="folder">${title(data)}${rectangle(node)}${heading}${
    children.map(drawn)
  }</g>`;
}

function leaf(node: Rectangle): Markup {
  const { data, x0, x1, y0, y1 } = node;
  const width = x1 - x0, height = y1 - y0;
  if (width < 1 || height < 1) return markup``;
  const text = data.what === "rest" ? counted(data.countFiles, "smaller file") : data.label;
  const isBig = height >= 34 && width >= 110 && data.what !== "rest";
  const letterWidth = isBig ? BOLD_LETTER_WIDTH : LETTER_WIDTH;
  const label = height >= 16 ? fitting(text, width - 8, letterWidth) : "";
  const size = formatSize(data.bytes);
  const hasSize = label !== "" && height >= 34 && size.length * LETTER_WIDTH <= width - 8;
  return markup`<g class="leaf">${title(data)}${rectangle(node, `k${data.kind}`)}${
    label !== "" &&
    markup`<text x="${x0 + 5}" y="${y0 + 14}"${isBig && BIG}>${isolated(label)}</text>`
  }${hasSize && markup`<text x="${x0 + 5}" y="${y0 + 28}">${size}</text>`}</g>`;
}

const BIG = markup` class="big"`;

function rectangle({ x0, x1, y0, y1 }: Rectangle, className?: string): Markup {
  return markup`<rect x="${x0}" y="${y0}" width="${x1 - x0}" height="${y1 - y0}"${
    className !== undefined && markup` class="${className}"`
  }/>`;
}

/** What a pointer that rests on it shows. */
function title({ path, what, countFiles, bytes }: TreemapNode): Markup {
  const where = isolated(path);
  const size = formatSize(bytes);
  if (what === "file") return markup`<title>${where}\n${size}</title>`;
  const files = counted(countFiles, what === "rest" ? "smaller file" : "file");
  return markup`<title>${where}\n${size} in ${files}</title>`;
}

/** Text that turns no other text round, as `<bdi>` does in HTML. */
function isolated(text: string): string {
  return `\u2068${text}\u2069`;
}

/** As much of a text as a width takes; empty where that says nothing. */
function fitting(text: string, width: number, letterWidth: number): string {
  const most = Math.floor(width / letterWidth);
  const fits: string[] = [];
  let taken = 0;
  for (const letter of text) {
    taken += letter.codePointAt(0)! >= 0x1100 ? 2 : 1;
    if (taken > most) return fits.length >= 4 ? `${fits.slice(0, -1).join("")}…` : "";
    fits.push(letter);
  }
  return text;
}
