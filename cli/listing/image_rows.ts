/**
 * The images of a folder as lines and as JSON.
 * @module
 */

import { printable } from "../../host/libc/paths.ts";
import { formatSize } from "../../pipeline/words/size.ts";
import type { FolderImage } from "../rotation/image_folder.ts";
import type { Decision } from "../rotation/removal_plan.ts";
import { columns } from "./columns.ts";
import { localMinute } from "./time_text.ts";

/** A table: name, date, size, what it lies on, when it was verified. */
export function imageRows(images: readonly FolderImage[]): string {
  const rows = images.map((image) => [
    printable(image.name),
    takenText(image),
    formatSize(image.sizeBytes),
    image.baseName === undefined ? "full" : `on ${printable(image.baseName)}`,
    verifiedText(image),
  ]);
  return columns([["image", "taken", "size", "layers", "verified"], ...rows], [2]);
}

/** When it was taken; `~` where only its name says so. */
export function takenText({ takenMs, takenBy }: FolderImage): string {
  if (takenMs === undefined) return "unknown";
  return `${takenBy === "name" ? "~" : ""}${localMinute({ seconds: takenMs / 1000 })}`;
}

function verifiedText({ broken, note, isVerified }: FolderImage): string {
  if (broken !== undefined) return `NO: ${printable(broken)}`;
  const { verified, sampled } = note ?? {};
  const day = (when: string) => localMinute({ seconds: Date.parse(when) / 1000 });
  const part = sampled === undefined ? "" : `${sampled.share} on ${day(sampled.when)}`;
  if (verified === undefined) return part === "" ? "never" : part;
  const all = day(verified.when) + (isVerified ? "" : ", but not what it lies on");
  return part === "" ? all : `${all}, ${part}`;
}

/** An image as `--json` prints it. */
export function imageJson(image: FolderImage): Readonly<Record<string, unknown>> {
  const { name, series, takenMs, takenBy, sizeBytes, baseName, face, note, broken } = image;
  return {
    name,
    series,
    taken: takenMs === undefined ? undefined : new Date(takenMs).toISOString(),
    takenBy,
    sizeBytes,
    uuid: face?.uuid,
    base: baseName,
    sources: note?.sources,
    lossy: note?.lossy,
    isVerified: image.isVerified,
    verified: note?.verified?.when,
    sampled: note?.sampled,
    broken,
  };
}

/** What becomes of each image, and why. */
export function decisionRows(decisions: readonly Decision[]): string {
  return columns(
    decisions.map(({ image, reasons }) => [
      reasons.length === 0 ? "remove" : "keep",
      printable(image.name),
      formatSize(image.sizeBytes),
      reasons.join("; ") + (image.broken === undefined ? "" : ` (${printable(image.broken)})`),
    ]),
    [2],
  );
}

/** The same as `--json` prints it. */
export function decisionJson({ image, reasons }: Decision): Readonly<Record<string, unknown>> {
  return { type: "decision", kept: reasons.length > 0, reasons, ...imageJson(image) };
}

/** What is printed of one that older ones stay for. */
export function hinderedLine({ name }: FolderImage): string {
  return `older images stay, since ${printable(name)} cannot be read, and may lie on them. ` +
    "Get it from another copy, or put it elsewhere.";
}

/** What is printed of an image that is gone. */
export function removedLine({ name }: FolderImage): string {
  return `removed ${printable(name)}`;
}
