/**
 * `--sample SHARE`: `5%` or `20G`.
 * @module
 */

import type { SampleSize } from "../../image/verify/sample.ts";
import { UsageError } from "../../pipeline/build_errors.ts";
import { parseSize } from "../../pipeline/words/size.ts";

/** How much of an image is verified. @throws UsageError `bad-sample` */
export function sampleSizeOf(text: string): SampleSize {
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text);
  if (percent === null) {
    return { kind: "bytes", sizeBytes: parseSize(text, "--sample", 1) };
  }
  const share = Number(percent[1]) / 100;
  if (share > 0 && share <= 1) return { kind: "share", share };
  throw new UsageError(
    `cannot verify ${text} of an image: it is not a share of it. Give --sample more than 0% and at ` +
      "most 100%, or a size such as 20G.",
    "bad-sample",
  );
}
