/**
 * Applies keep rules to a folder of images.
 * @module
 */

import { nowMs } from "../../host/clock.ts";
import type { VerifyImageOptions } from "../../image/verify.ts";
import { type FolderImage, readImageFolder } from "./image_folder.ts";
import type { KeepRules } from "./keep_rules.ts";
import {
  type Decision,
  hinderers,
  type RemovalOptions,
  removalOrder,
  removalPlan,
} from "./removal_plan.ts";
import { removeImage } from "./remove_image.ts";
import type { UnreadImages } from "./unread_images.ts";
import { verifyInFolder } from "./verify_in_folder.ts";

/** How it is done, and who learns of it. */
export interface PruneOptions extends Omit<RemovalOptions, "nowMs"> {
  readonly signal?: AbortSignal;
  /** What could not be verified. */
  readonly unread: UnreadImages;
  /** An image that was never verified is about to be. */
  onVerify?(image: FolderImage): void;
  onProgress?: VerifyImageOptions["onProgress"];
  /** All is decided, and nothing is done yet. */
  onPlan?(decisions: readonly Decision[]): void;
  /** Images stay because this one cannot be read. */
  onHindered?(by: FolderImage): void;
  /** An image is gone. */
  onRemoved?(image: FolderImage): void;
}

/**
 * Verifies what was not verified yet, so that rules can count it; then removes what no rule keeps.
 * The caller holds the folder's lock.
 *
 * @returns What was removed.
 */
export async function pruneFolder(
  folder: string,
  rules: KeepRules,
  options: PruneOptions,
): Promise<FolderImage[]> {
  const images = await withVerified(folder, await readImageFolder(folder), options);
  const decisions = removalPlan(images, rules, { ...options, nowMs: nowMs() });
  options.onPlan?.(decisions);
  for (const image of hinderers(decisions)) options.onHindered?.(image);
  const removed: FolderImage[] = [];
  for (const image of removalOrder(decisions)) {
    options.signal?.throwIfAborted();
    await removeImage(image.location, image.note);
    removed.push(image);
    options.onRemoved?.(image);
  }
  return removed;
}

/** The same images, all verified that may go some day and were not. */
export async function withVerified(
  folder: string,
  images: readonly FolderImage[],
  options: PruneOptions,
): Promise<readonly FolderImage[]> {
  const unverified = images.filter((image) => isUnverified(image, options.series));
  for (const image of unverified) {
    options.onVerify?.(image);
    const { signal, onProgress } = options;
    try {
      await verifyInFolder(image.location, {
        ...signal && { signal },
        ...onProgress && { onProgress },
      });
    } catch (error) {
      options.unread.add(image.name, error, signal);
    }
  }
  return unverified.length === 0 ? images : await readImageFolder(folder);
}

/** Whether it is one of a series, and nobody has looked at it since it was made. */
export function isUnverified(image: FolderImage, series?: string): boolean {
  return image.series !== undefined && (series === undefined || image.series === series) &&
    image.isOurs && image.face !== undefined && image.note?.verified === undefined;
}
