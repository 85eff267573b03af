/**
 * What identifies an image without reading its contents: size, UUID, and the end of its record.
 * @module
 */

import { statSync } from "node:fs";
import { toHex } from "../plan/hex.ts";
import { hasCode } from "../../host/libc/errno.ts";
import { openImage } from "../../image/open_image.ts";

/** What was looked at. */
export interface ImageLook {
  readonly sizeBytes: number;
  readonly uuid: string;
  /** In hex; absent where the image has no record. */
  readonly record?: string;
}

/**
 * Looks at an image.
 *
 * @returns `undefined` where there is none.
 * @throws as `openImage` does
 */
export async function lookAtImage(
  path: string,
  signal?: AbortSignal,
): Promise<ImageLook | undefined> {
  let sizeBytes: number;
  try {
    sizeBytes = statSync(path).size;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
  await using image = await openImage(path, {
    layer: true,
    ...(signal === undefined ? {} : { signal }),
  });
  const record = await (await image.record()).ownDigest();
  const { uuid } = image.info;
  return { sizeBytes, uuid, ...(record === undefined ? {} : { record: toHex(record) }) };
}
