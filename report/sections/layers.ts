/**
 * The images that are read as one tree.
 * @module
 */

import { nameOfLocation } from "../../host/block_source/location.ts";
import type { ImageReader } from "../../image/image_reader.ts";
import { formatSize } from "../../pipeline/words/size.ts";
import { markup } from "../html/markup.ts";
import { moment, named } from "../html/words.ts";
import type { Section } from "./section.ts";

/** The images of a stack, topmost first; nothing where there is one. */
export function layersSection({ layers, layersAlone }: ImageReader): Section | undefined {
  if (layers.length < 2) return undefined;
  return {
    id: "layers",
    heading: "Images",
    body:
      markup`<p class="soft">What this page shows is in ${layers.length} images, which are read as
one tree; the topmost is listed first, and the last holds all that the others do not.</p>
<ol>
${
        layers.map(({ location, shownName, sizeBytes, uuid }, i) => {
          const name = location === undefined ? shownName : nameOfLocation(location);
          const madeSeconds = layersAlone?.[i]?.info.madeSeconds ?? 0;
          return markup`<li>${named(name)}: ${formatSize(sizeBytes)}${
            madeSeconds > 0 && markup`, dated ${moment(madeSeconds)}`
          }<br><span class="code">${uuid}</span></li>\n`;
        })
      }</ol>`,
  };
}
