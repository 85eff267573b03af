/**
 * Images of a folder, one for each day, as they are found; none of them is on a disk.
 * @module
 */

import { datedName } from "../../../cli/rotation/dated_name.ts";
import { type FoundImage, judged } from "../../../cli/rotation/image_folder.ts";
import type { ImageNote } from "../../../cli/rotation/image_note.ts";
import { removalPlan } from "../../../cli/rotation/removal_plan.ts";

export const DAY_MS = 86_400_000;
export const first = new Date(2026, 0, 1, 2).getTime();
export const nameOf = (day: number, series = "srv") => datedName(series, first + day * DAY_MS);

export type Kind = "verified" | "unverified" | "damaged" | "unreadable" | "unseen" | "lossy";

/** An image of a day, on that of another day where one is given. */
export function image(
  day: number,
  base?: number,
  kind: Kind = "verified",
  series = "srv",
): FoundImage {
  const name = nameOf(day, series);
  const when = new Date(first).toISOString();
  const result = kind === "damaged" ? "damaged" : "right";
  const built = {
    icecore: 1,
    taken: new Date(first + day * DAY_MS).toISOString(),
    sources: ["/srv"],
    lossy: kind === "lossy",
  } as const;
  const note = kind === "unverified" ? built : { ...built, verified: { when, result } as const };
  const found = { name, location: `/b/${name}`, sizeBytes: 1 };
  if (kind === "unreadable") return { ...found, unreadable: "no image" };
  if (kind === "unseen") return { ...found, note, unreadable: "no access", isUnseen: true };
  const own = { uuid: name, ownDigest: name, hasRecord: true };
  const below = base === undefined ? undefined : nameOf(base, series);
  const lies = below === undefined
    ? undefined
    : { base: { name: below, uuid: below, digest: below } };
  return { ...found, note, face: { ...own, ...lies } };
}

/** The same, with something else in its note. */
export const of = (image: FoundImage, note: Partial<ImageNote>): FoundImage => ({
  ...image,
  note: { icecore: 1, ...image.note, ...note },
});
/** The same, whose note was lost; only a verification has left one. */
export const verifiedSince = (image: FoundImage): FoundImage => ({
  ...image,
  note: { icecore: 1, verified: image.note!.verified! },
});

export const plan = (images: readonly FoundImage[], ...rest: [object, object?]) =>
  removalPlan(judged(images), ...rest);
export const reasonsOf = (images: readonly FoundImage[], ...rest: [object, object?]) =>
  plan(images, ...rest).map(({ reasons }) => reasons);
