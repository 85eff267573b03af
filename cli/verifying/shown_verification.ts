/**
 * What is shown while an image is verified, and how much of it was.
 * @module
 */

import { differenceLine } from "../../image/diff/difference.ts";
import type { VerifiedContents, VerifyFailure, VerifyImageOptions } from "../../image/verify.ts";
import type { Problem } from "../../pipeline/problem.ts";
import { counted } from "../../pipeline/words/counted.ts";
import { formatSize } from "../../pipeline/words/size.ts";
import { note, print, printJson } from "../output/output.ts";
import type { ProgressLine } from "../rendering/progress_line.ts";

/** How much of an image was verified. */
export function shareLine({ countFiles, sizeBytes, totalBytes, seed }: VerifiedContents): string {
  const share = totalBytes === 0 ? 100 : 100 * sizeBytes / totalBytes;
  const repeat = seed === undefined ? "" : `; --seed ${seed} repeats it`;
  return `icecore: verified ${counted(countFiles, "file")}, ${formatSize(sizeBytes)} of ` +
    `${formatSize(totalBytes)} (${share.toFixed(1)} %)${repeat}`;
}

/** What is shown on the way. */
export function shownOn(line: ProgressLine, image: string, json: boolean): VerifyImageOptions {
  return {
    onCheck: (check) => line.start(`verify ${image}: ${check}`),
    onProgress: (done, total, unit) =>
      line.update({ done, unit, ...(total === undefined ? {} : { total }) }),
    onFailure: (failure: VerifyFailure) =>
      line.above(() => {
        if (json) printJson({ type: "failure", ...failure });
        else if (failure.check === "source") print(differenceLine(failure.difference));
        else if (failure.check !== "digest") {
          const which = failure.image === undefined ? "" : `${failure.image}: `;
          note(`icecore: ${which}${failure.check}: ${failure.message}`);
        }
      }),
    onProblem: (problem: Problem) =>
      line.above(() => {
        if (json) printJson({ type: "problem", problem });
        else note(`icecore: ${problem.kind}: ${problem.path}: ${problem.reason}`);
      }),
  };
}
