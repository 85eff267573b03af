/**
 * A plan in words.
 * @module
 */

import { counted } from "../../pipeline/words/counted.ts";
import { exactSize, formatSize } from "../../pipeline/words/size.ts";
import { printable } from "../../host/libc/paths.ts";
import type { Plan, PlannedVolume } from "../../volumes/plan/plan.ts";

/** Volumes that are listed one by one, unless all are. */
const MOST_LISTED = 20;

/** What a plan comes to. @param all Whether each volume is listed. */
export function planSummary(plan: Plan, all: boolean): string[] {
  const { header, volumes, countMoved } = plan;
  const sum = (of: (volume: PlannedVolume) => number) =>
    volumes.reduce((total, volume) => total + of(volume), 0);
  const lines = [
    `${counted(volumes.length, "volume")} of ${exactSize(header.targetBytes)} at most: ` +
    `${formatSize(sum(({ sizeBytes }) => sizeBytes))} in all, ` +
    `${counted(sum(({ countFiles }) => countFiles), "file")}`,
    ...countedKinds(volumes, header.generation),
  ];
  const large = volumes.filter(({ only }) => only !== undefined);
  if (large.length > 0) {
    lines.push(`${counted(large.length, "file")} above that, each in a volume of its own`);
  }
  const over = volumes.filter(({ sizeBytes, only }) =>
    only === undefined && sizeBytes > header.targetBytes
  );
  if (over.length > 0) {
    lines.push(
      `above that, as what is in it must not be parted: ${over.map(({ name }) => name).join(", ")}`,
    );
  }
  if (countMoved > large.length) {
    lines.push(
      `${counted(countMoved - large.length, "name")} kept together with the other names of ` +
        "their files, in other volumes than the names beside them",
    );
  }
  const shown = all ? volumes : volumes.slice(0, MOST_LISTED);
  lines.push(...shown.map(rowOf));
  if (shown.length < volumes.length) lines.push(`… and ${volumes.length - shown.length} more`);
  return lines.map((line) => printable(line));
}

function countedKinds(volumes: readonly PlannedVolume[], generation: number): string[] {
  if (generation === 1) return [];
  const kept = volumes.filter((volume) => volume.kept === true).length;
  const layers = volumes.filter(({ base, kept }) => base !== undefined && kept !== true).length;
  const anew = volumes.length - kept - layers;
  return [`${kept} kept as they are, ${layers} as layers on what there is, ${anew} built anew`];
}

function rowOf(
  { name, host, sizeBytes, countFiles, range, only, base, kept }: PlannedVolume,
): string {
  const where = only !== undefined
    ? only
    : `from ${range!.from === "" ? "the beginning" : range!.from} ` +
      (range!.to === undefined ? "to the end" : `up to ${range!.to}`);
  const how = kept === true ? ", kept" : base === undefined ? "" : `, on ${base}`;
  const at = host === "" ? "" : ` on ${host}`;
  return `${name}  ${formatSize(sizeBytes)}  ${counted(countFiles, "file")}${at}: ${where}${how}`;
}
