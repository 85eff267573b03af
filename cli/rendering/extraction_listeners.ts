/**
 * What the commands that extract print while they do.
 * @module
 */

import type { ExtractOptions } from "../../image/extract.ts";
import type { ProgressLine } from "./progress_line.ts";
import type { CommonValues } from "../output/common_options.ts";
import { note, printJson } from "../output/output.ts";

/** Names each damaged file, and moves the line. */
export function extractionListeners(
  { json }: CommonValues,
  line: ProgressLine,
): Required<Pick<ExtractOptions, "onDamaged" | "onProgress">> {
  return {
    onDamaged: ({ path, code, message }) =>
      line.above(() => {
        if (json === true) printJson({ type: "damaged", path, code, message });
        else note(`icecore: ${message}`);
      }),
    onProgress: (done, total, unit) =>
      line.update({ done, unit, ...(total === undefined ? {} : { total }) }),
  };
}
