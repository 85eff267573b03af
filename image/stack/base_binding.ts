/**
 * Whether an image is the one that a layer was built on.
 * @module
 */

import { compareBytes } from "../../ext4/compare_bytes.ts";
import { uuidText } from "../../ext4/reader/open/image_info.ts";
import type { RecordBase } from "../../ext4/record.ts";
import { EnvironmentError } from "../../host/environment_error.ts";
import { printable } from "../../host/libc/paths.ts";
import { counted } from "../../pipeline/words/counted.ts";
import type { OpenLayer } from "./layer.ts";

/** @returns Why it is not; `undefined` where it is. */
export async function whyNotBase(
  base: RecordBase,
  { files, record }: OpenLayer,
): Promise<string | undefined> {
  const { uuid } = files.info;
  if (uuid !== uuidText(base.uuid)) return `it is another one, of UUID ${uuid}`;
  const digest = await record.ownDigest();
  if (digest === undefined) return "it has no record of its files' contents any more";
  if (compareBytes(digest, base.digest) !== 0) {
    return "names and times are the same, and the contents of its files are not";
  }
  const depth = (record.base?.depth ?? 0) + 1;
  if (depth !== base.depth) {
    return `it lies on ${counted(depth - 1, "image")} and not on ${base.depth - 1}`;
  }
  if (record.isAsWritten) return undefined;
  const verdict = await record.verdict();
  return verdict.state === "stale" ? "it was written to since" : undefined;
}

/** A place that was looked at in vain. */
export interface Tried {
  readonly place: string;
  /** Why what is there is not it; missing where there is nothing. */
  readonly why?: string;
  /** What failed. */
  readonly cause?: unknown;
}

/** The error of an image whose base was not found. @param tried in order, as they may be shown */
export function noBase(
  shownName: string,
  base: RecordBase,
  tried: readonly Tried[],
): EnvironmentError {
  const wanted = `${shownBase(base)}, of UUID ${uuidText(base.uuid)}`;
  const other = tried.find(({ why }) => why !== undefined);
  if (other === undefined) {
    const places = tried.map(({ place }) => place).join(", ");
    const where = places === "" ? "nobody said where that is" : `there is no ${places}`;
    return new EnvironmentError(
      `cannot read ${shownName}: it needs the image below, ${wanted}, and ${where}. ` +
        "Put that image beside it, or say where it is.",
      "base-missing",
    );
  }
  const { place, why, cause } = other;
  const what = cause === undefined ? "is not the image that it was built on" : "cannot be used";
  return new EnvironmentError(
    `cannot read ${shownName}: ${place} ${what}: ${why!.replace(/\.$/, "")}. ` +
      `Wanted is ${wanted}: put it beside ${shownName}, or say where it is.`,
    cause === undefined ? "wrong-base" : "base-unreadable",
    cause === undefined ? {} : { cause },
  );
}

/** The file name of a base, as it may be shown. */
export function shownBase({ name }: RecordBase): string {
  return printable(name);
}
