/**
 * The table at the end of a build.
 * @module
 */

import { printable } from "../../host/libc/paths.ts";
import type { EventOf } from "../../pipeline/events.ts";
import type { Image } from "../../pipeline/image.ts";
import { counted } from "../../pipeline/words/counted.ts";
import { duration } from "../../pipeline/words/duration.ts";
import { formatSize } from "../../pipeline/words/size.ts";

/** How long a step took, and how large the image was after it. */
export interface StepTime {
  readonly step: string;
  readonly seconds: number;
  readonly sizeBytes: number;
}

/** The table: a line a step, then what became of what. */
export function summaryOf(
  { image, seconds }: EventOf<"build-finished">,
  times: readonly StepTime[],
): string {
  const { report } = image;
  const width = Math.max(...times.map(({ step }) => step.length), "source".length);
  const rows = times.map((time) =>
    [
      time.step.padEnd(width),
      duration(time.seconds).padStart(10),
      (time.sizeBytes === 0 ? "" : formatSize(time.sizeBytes)).padStart(10),
    ].join("  ").trimEnd()
  );
  const ratio = report.sourceBytes === 0
    ? ""
    : `, ${(image.sizeBytes / report.sourceBytes).toFixed(3)} × the source`;
  const facts: (readonly [string, string])[] = [
    [
      "source",
      `${formatSize(report.sourceBytes)} in ${counted(report.countFiles, "file")}, ` +
      counted(report.countFolders, "folder"),
    ],
    ["image", `${printable(image.finalPath)}, ${formatSize(image.sizeBytes)}${ratio}`],
    ...Object.entries(image.digests),
    ...storedFacts(image),
    ...sharingFacts(image),
    ...(report.clonedBytes === undefined
      ? []
      : [["cloned", `${formatSize(report.clonedBytes)}: on the disk once`] as const]),
    ...(report.problems.length === 0
      ? []
      : [["problems", String(report.problems.length)] as const]),
    ["time", `${duration(seconds)}${rateOf(report.sourceBytes, seconds)}`],
  ];
  return [
    ...rows,
    "",
    ...facts.map(([label, value]) => `${label.padEnd(width)}  ${value}`),
  ].join("\n");
}

/** How fast it was, where it took long enough to be asked. */
function rateOf(sourceBytes: number, seconds: number): string {
  return seconds < 1 || sourceBytes === 0 ? "" : `, ${formatSize(sourceBytes / seconds)}/s`;
}

/** What storing equal files once came to. */
function sharingFacts({ report: { sharing } }: Image): (readonly [string, string])[] {
  if (sharing === undefined) return [];
  const { countFiles, savedBytes, readTwiceBytes } = sharing;
  const saved = `${formatSize(savedBytes)} in ${counted(countFiles, "file")} equal to others`;
  return [["saved", saved], ["read twice", `${formatSize(readTwiceBytes)} to find them`]];
}

/** What was stored instead of the plain image: its encrypted form, for instance. */
function storedFacts({ payload }: Image): (readonly [string, string])[] {
  if (payload === undefined) return [];
  const { name, sizeBytes, digests } = payload;
  return [["stored", `${printable(name)}, ${formatSize(sizeBytes)}`], ...Object.entries(digests)];
}
