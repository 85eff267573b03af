/**
 * Which images of a folder are kept, and why; which may go.
 * @module
 */

import type { FolderImage, ImageFace } from "./image_folder.ts";
import { keepReasons, type KeepRules } from "./keep_rules.ts";

/** What becomes of an image. */
export interface Decision {
  readonly image: FolderImage;
  /** Why it is kept; empty where it goes. */
  readonly reasons: readonly string[];
}

/** What may go at all. */
export interface RemovalOptions {
  /** Whether what cannot be relied on goes as well, where a verified image is newer. */
  readonly broken?: boolean;
  /** Only images of this series go; */
  readonly series?: string;
  /** and only those of this origin. */
  readonly origin?: string;
  /** The image that was just built, which stays even where the clock was set back. */
  readonly built?: string;
  /** What is dated later was made while the clock was wrong, now or then: it stays. */
  readonly nowMs?: number;
}

/**
 * Decides over the images of a folder. Pure.
 *
 * Only what icecore made under a name with a date can go. Rules count images that were verified,
 * with all that they lie on; others would push out good ones. What a kept image lies on is kept,
 * and so are, of each series, the newest verified image and all while there is none. Images of one
 * name are of one series only where their notes say the same sources and the same machine.
 */
export function removalPlan(
  images: readonly FolderImage[],
  rules: KeepRules,
  options: RemovalOptions = {},
): Decision[] {
  const reasons = new Map<FolderImage, string[]>(images.map((image) => [image, []]));
  const give = (image: FolderImage, reason: string) => reasons.get(image)!.push(reason);
  for (const members of seriesOf(images, give, options)) decideSeries(members, give);
  for (const { name, linkedTo } of images) {
    const target = images.find((image) => image.name === linkedTo);
    if (target !== undefined) give(target, `${name} is a link to it`);
  }
  for (const image of images) keepBelow(image);
  for (const image of images) {
    if (!image.isBaseUnknown || reasons.get(image)!.length === 0) continue;
    for (const other of images) {
      if (other !== image && isOlder(other, image)) {
        give(other, mayLieOnIt(image));
        keepBelow(other);
      }
    }
  }
  return images.map((image) => ({ image, reasons: [...new Set(reasons.get(image)!)] }));

  function decideSeries(all: readonly FolderImage[], give: Give): void {
    const members = all.filter(({ takenMs }) => takenMs! <= (options.nowMs ?? Infinity));
    for (const image of all) if (!members.includes(image)) give(image, "its date is yet to come");
    const verified = members.filter(({ isVerified }) => isVerified);
    const newest = verified.at(-1);
    const kept = keepReasons(verified.map(({ takenMs }) => takenMs!), rules);
    for (const [index, image] of verified.entries()) {
      for (const reason of kept[index]!) give(image, reason);
    }
    if (newest !== undefined) give(newest, "newest verified");
    // Where the note was lost, so is what it said of losses.
    for (const assumed of [false, true]) {
      const complete = verified.findLast(({ note }) => !(note?.lossy ?? assumed));
      if (complete !== undefined && complete !== newest) give(complete, "newest without losses");
    }
    for (const image of members) {
      if (image.name === options.built) give(image, "just built");
      if (image.isVerified) continue;
      if (image.broken === undefined) give(image, "not verified yet");
      else if (!mayGo(image, newest)) give(image, "for you to decide");
    }
  }

  /** Of what cannot be relied on. */
  function mayGo(image: FolderImage, newest: FolderImage | undefined): boolean {
    return options.broken === true && image.isUnseen !== true && newest !== undefined &&
      isOlder(image, newest);
  }

  function keepBelow(image: FolderImage): void {
    if (reasons.get(image)!.length === 0) return;
    const seen = new Set([image]);
    for (const at of seen) {
      for (const below of belowOf(at)) {
        if (seen.has(below)) continue;
        seen.add(below);
        give(below, "others lie on it");
      }
    }
  }

  /** What an image lies on: by its name, or else under another one that somebody gave it. */
  function belowOf({ baseName, face }: FolderImage): FolderImage[] {
    if (baseName === undefined) return [];
    const named = images.filter(({ name }) => name === baseName);
    const wanted = face?.base;
    if (wanted === undefined || named.some((each) => isSame(each, wanted))) return named;
    return [...named, ...images.filter((each) => isSame(each, wanted))];
  }
}

/** The images that nothing else keeps others for but that nobody knows what they lie on. */
export function hinderers(decisions: readonly Decision[]): FolderImage[] {
  const only = new Set(
    decisions.flatMap(({ reasons }) => reasons.length === 1 ? reasons : []),
  );
  return decisions.map(({ image }) => image).filter((image) => only.has(mayLieOnIt(image)));
}

function mayLieOnIt({ name }: FolderImage): string {
  return `${name} cannot be read, and may lie on it`;
}

type Give = (image: FolderImage, reason: string) => void;

/** What may go at all, by series, oldest first; of all else it is said why it stays. */
function seriesOf(
  images: readonly FolderImage[],
  give: Give,
  only: RemovalOptions,
): FolderImage[][] {
  const all = new Map<string, FolderImage[]>();
  for (const image of images) {
    const { series, origin, isOurs, linkedTo } = image;
    if (linkedTo !== undefined) give(image, "a link");
    else if (!isOurs) give(image, "not known to be icecore's");
    else if (series === undefined) give(image, "no date in its name");
    else if (series !== (only.series ?? series)) give(image, "of another series");
    else if (only.origin !== undefined && origin !== only.origin) give(image, "of other sources");
    else {
      const key = JSON.stringify([series, origin]);
      all.set(key, [...all.get(key) ?? [], image]);
    }
  }
  return [...all.values()];
}

function isSame({ face }: FolderImage, wanted: NonNullable<ImageFace["base"]>): boolean {
  return face?.uuid === wanted.uuid && face.ownDigest === wanted.digest;
}

function isOlder(image: FolderImage, than: FolderImage): boolean {
  return (image.takenMs ?? 0) < (than.takenMs ?? Infinity);
}

/** What goes, so that nothing ever lies on what is gone: the topmost first. */
export function removalOrder(decisions: readonly Decision[]): FolderImage[] {
  const left = new Set(
    decisions.filter(({ reasons }) => reasons.length === 0)
      .map(({ image }) => image),
  );
  const ordered: FolderImage[] = [];
  while (left.size > 0) {
    const bases = new Set([...left].map(({ baseName }) => baseName));
    const free = [...left].filter(({ name }) => !bases.has(name));
    // Images that lie on each other in a circle were made by nobody; they stay.
    if (free.length === 0) break;
    for (const image of free) {
      ordered.push(image);
      left.delete(image);
    }
  }
  return ordered;
}
