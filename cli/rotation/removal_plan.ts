/**
 * Which images of a folder are kept, and why; which may go.
 * @module
 */

import type { FolderImage } from "./image_folder.ts";
import { keepReasons, type KeepRules } from "./keep_rules.ts";

/** What becomes of an image. */
export interface Decision {
  readonly image: FolderImage;
  /** Why it is kept; empty where it goes. */
  readonly reasons: readonly string[];
}

/**
 * Decides over the images of a folder. Pure.
 *
 * Only what icecore made under a name with a date can go. Rules count images that were verified,
 * with all that they lie on; others would push out good ones. What a kept image lies on is kept,
 * and so are, of each series, the newest verified image and all while there is none.
 *
 * @param broken Whether what cannot be relied on goes as well, where a verified image is newer.
 * @param series Only images of this one go.
 * @param built The image that was just built, which stays even where the clock was set back.
 */
export function removalPlan(
  images: readonly FolderImage[],
  rules: KeepRules,
  options: { readonly broken?: boolean; readonly series?: string; readonly built?: string } = {},
): Decision[] {
  const reasons = new Map<FolderImage, string[]>(images.map((image) => [image, []]));
  const give = (image: FolderImage, reason: string) => reasons.get(image)!.push(reason);
  for (const members of seriesOf(images, give, options.series)) decideSeries(members, give);
  for (const image of images) keepBelow(image);
  for (const image of images) {
    if (!image.isBaseUnknown || reasons.get(image)!.length === 0) continue;
    for (const other of images) {
      if (other !== image && isOlder(other, image)) {
        give(other, `${image.name} cannot be read, and may lie on it`);
        keepBelow(other);
      }
    }
  }
  return images.map((image) => ({ image, reasons: [...new Set(reasons.get(image)!)] }));

  function decideSeries(members: readonly FolderImage[], give: Give): void {
    const verified = members.filter(({ isVerified }) => isVerified);
    const newest = verified.at(-1);
    const kept = keepReasons(verified.map(({ takenMs }) => takenMs!), rules);
    for (const [index, image] of verified.entries()) {
      for (const reason of kept[index]!) give(image, reason);
    }
    if (newest !== undefined) give(newest, "newest verified");
    const complete = verified.findLast(({ note }) => note?.lossy !== true);
    if (complete !== undefined && complete !== newest) give(complete, "newest without losses");
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
    for (let at = image; at.baseName !== undefined;) {
      const below = images.find(({ name }) => name === at.baseName);
      if (below === undefined || seen.has(below)) return;
      seen.add(below);
      give(below, "others lie on it");
      at = below;
    }
  }
}

type Give = (image: FolderImage, reason: string) => void;

/** What may go at all, by series, oldest first; of all else it is said why it stays. */
function seriesOf(
  images: readonly FolderImage[],
  give: Give,
  only: string | undefined,
): FolderImage[][] {
  const all = new Map<string, FolderImage[]>();
  for (const image of images) {
    const { series, face, note } = image;
    if (face?.hasRecord !== true && note === undefined) give(image, "not known to be icecore's");
    else if (series === undefined) give(image, "no date in its name");
    else if (only !== undefined && series !== only) give(image, "of another series");
    else all.set(series, [...all.get(series) ?? [], image]);
  }
  return [...all.values()];
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
