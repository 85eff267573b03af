/**
 * The map of the image: what lies where in it.
 * @module
 */

import { formatSize } from "../../pipeline/words/size.ts";
import type { Contents } from "../contents/contents.ts";
import { type ImageMap, PLACE_KINDS, type PlaceKind } from "../contents/image_map.ts";
import { type Markup, markup } from "../html/markup.ts";
import { percent } from "../html/words.ts";
import { type Section, swatch } from "./section.ts";

const WORDS: Readonly<Record<PlaceKind, readonly [name: string, about: string]>> = {
  superblock: ["superblock", "what the image is, and where its groups are"],
  "superblock-copy": ["superblock copies", "for the day the first one is damaged"],
  bitmaps: ["bitmaps", "which blocks and inodes are in use"],
  inodes: ["inodes", "size, times, owner and place of each file"],
  journal: ["journal", "what was being written when the image was mounted last"],
  folders: ["folders", "the names"],
  files: ["files", "their contents"],
  record: ["record", "a SHA-256 of each file"],
  maps: ["maps", "where scattered files lie, long attributes and links"],
  free: ["free", "nothing"],
};

/** The map as a strip, and as a table. */
export function mapSection(contents: Contents): Section | undefined {
  const { map, holesBytes } = contents;
  if (map === undefined) return undefined;
  const whole = [...map.totals.values()].reduce((sum, bytes) => sum + bytes, 0);
  const kinds = PLACE_KINDS.filter((kind) => (map.totals.get(kind) ?? 0) > 0);
  const label = `The image from its first byte to its last: ${
    kinds.map((kind) => `${WORDS[kind][0]} ${percent(map.totals.get(kind)!, whole)}`).join(", ")
  }.`;
  return {
    id: "map",
    heading: "Map of the image",
    body: markup`<p class="soft">From its first byte, on the left, to its last.${
      map.copiesAt.length > 0 && " Red marks are copies of the superblock."
    }</p>
${strip(map, label)}
<table>
<caption>What the image consists of</caption>
<thead><tr><th scope="col">What</th><th scope="col" class="n">Size</th><th scope="col" class="n">Share</th></tr></thead>
<tbody>
${
      kinds.map((kind) =>
        markup`<tr><th scope="row">${swatch(`p-${kind}`)} ${WORDS[kind][0]} <small>${
          WORDS[kind][1]
        }</small></th><td class="n" data-label="Size">${
          formatSize(map.totals.get(kind)!)
        }</td><td class="n" data-label="Share">${percent(map.totals.get(kind)!, whole)}</td></tr>\n`
      )
    }</tbody></table>
${
      holesBytes >= LEAST_HOLES_BYTES &&
      markup`<p>Holes in files would take ${formatSize(holesBytes)} more, and take nothing.</p>`
    }`,
  };
}

const LEAST_HOLES_BYTES = 2 ** 20;
/** So that a stretch of a few blocks can be seen at all, in percent. */
const LEAST_WIDTH = 0.16;

function strip({ runs, copiesAt }: ImageMap, label: string): Markup {
  return markup`<svg class="strip" height="67" role="img" aria-label="${label}">
${
    runs.map(({ kind, start, end }) =>
      markup`<rect class="p-${kind}" x="${(100 * start).toFixed(2)}%" y="6" width="${
        Math.max(100 * (end - start), LEAST_WIDTH).toFixed(2)
      }%" height="50"><title>${WORDS[kind][0]}</title></rect>`
    )
  }
${
    copiesAt.map((at) =>
      markup`<line class="mark" x1="${(100 * at).toFixed(2)}%" x2="${
        (100 * at).toFixed(2)
      }%" y1="0" y2="62"><title>${WORDS["superblock-copy"][0]}</title></line>`
    )
  }
</svg>`;
}
