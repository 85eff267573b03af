/**
 * What the image can be compared with, and what it says of itself.
 * @module
 */

import type { ImageInfo } from "../../ext4/reader/open/image_info.ts";
import type { RecordVerdict } from "../../image/image_record.ts";
import { counted } from "../../pipeline/words/counted.ts";
import { formatSize } from "../../pipeline/words/size.ts";
import { type Markup, markup } from "../html/markup.ts";
import { moment, named } from "../html/words.ts";
import type { Section } from "./section.ts";

/** A digest of the whole image. */
export interface KnownDigest {
  /** E.g. `sha512`. */
  readonly algorithm: string;
  /** In hex. */
  readonly digest: string;
  /** Where it comes from, as part of a sentence: `photos.img.sha512 has it`. */
  readonly origin: string;
}

/** What is known for comparing. @param noDigest Why no digest is. */
export function digestsSection(
  info: ImageInfo,
  sizeBytes: number,
  verdict: RecordVerdict,
  digests: readonly KnownDigest[],
  noDigest = "no side file lies beside the image",
): Section {
  const { format, uuid, features, blockSizeBytes, countBlocks, countGroups, label } = info;
  return {
    id: "digests",
    heading: "Digests and identity",
    body: markup`<dl class="facts">
${
      digests.length === 0
        ? markup`<dt>Digest</dt><dd>${noDigest}</dd>\n`
        : digests.map(({ algorithm, digest, origin }) =>
          markup`<dt>${algorithm}</dt><dd><span class="code">${digest}</span><br><span class="soft">${origin}</span></dd>\n`
        )
    }<dt>Record</dt><dd>${recordWords(verdict)}</dd>
<dt>UUID</dt><dd><span class="code">${uuid}</span></dd>
${label !== "" && markup`<dt>Label</dt><dd>${named(label)}</dd>\n`}<dt>Format</dt><dd>${format}, ${
      features.includes("read-only") ? "read-only" : "writable"
    }, ${info.isClean ? "clean" : markup`<span class="bad">not clean</span>`}</dd>
<dt>Size</dt><dd>${formatSize(sizeBytes)}: ${counted(countBlocks, "block")} of ${
      formatSize(blockSizeBytes)
    } in ${counted(countGroups, "group")}</dd>
<dt>Written</dt><dd>${info.writtenSeconds === 0 ? "never" : moment(info.writtenSeconds)}</dd>
<dt>Mounted</dt><dd>${
      info.mountedSeconds === 0 ? "never for writing" : moment(info.mountedSeconds)
    }</dd>
<dt>Features</dt><dd class="soft">${features.join(" ")}</dd>
</dl>`,
  };
}

function recordWords(verdict: RecordVerdict): Markup {
  switch (verdict.state) {
    case "sound":
      return markup`<span class="good">sound:</span> the image holds a SHA-256 of each file`;
    case "none":
      return markup`none: damage to a file cannot be seen from the image alone`;
    default:
      return markup`<span class="bad">${verdict.state}:</span> ${verdict.why}`;
  }
}
