/**
 * An image whose record says what its files hold, without their being read.
 * @module
 */

import { UsageError } from "../pipeline/build_errors.ts";
import type { RecordedImage } from "../steps/recall.ts";
import type { RecordVerdict } from "./image_record.ts";
import { openImage } from "./open_image.ts";

/**
 * Opens an image for what its record says.
 *
 * @param location A path, `http://…`, `https://…` or `s3://BUCKET/KEY`.
 * @throws UsageError `no-digests` where it has no record that can be relied on; as `openImage` does
 * otherwise
 */
export async function openRecorded(
  location: string,
  signal: AbortSignal,
): Promise<RecordedImage> {
  const image = await openImage(location, { signal });
  try {
    const record = await image.record();
    const verdict = await record.verdict();
    if (verdict.state !== "sound") throw refused(image.shownName, verdict);
    await record.load();
    return {
      shownName: image.shownName,
      hasAllTimes: record.hasAllTimes === true,
      folders: () => image.walkFolders(),
      // The digest of a file with holes may pass them over.
      digestOf: ({ inode, sizeBytes, allocatedBytes }) =>
        allocatedBytes < sizeBytes ? undefined : record.digestOf(inode),
      close: () => image.close(),
    };
  } catch (error) {
    await image.close();
    throw error;
  }
}

function refused(
  shownName: string,
  verdict: Exclude<RecordVerdict, { readonly state: "sound" }>,
): UsageError {
  const why = verdict.state === "none"
    ? "it holds no record of its files' contents"
    : `its record cannot be relied on: ${verdict.why}`;
  return new UsageError(
    `cannot take digests from ${shownName}: ${why}. Name another image, or none.`,
    "no-digests",
  );
}
