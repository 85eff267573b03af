/**
 * The step `recall`, with a way to open images.
 * @module
 */

import { recallStep } from "../../steps/recall.ts";

/** Takes the digests of unchanged files from an earlier image. */
export const recall = recallStep(async (location, signal) => {
  const { openRecorded } = await import("../../image/recorded_image.ts");
  return await openRecorded(location, signal);
});
