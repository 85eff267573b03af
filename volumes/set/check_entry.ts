/**
 * Whether the image of a volume is the one that its entry tells of.
 * @module
 */

import { join } from "node:path";
import { CorruptImageError } from "../../ext4/image_errors.ts";
import { messageOf } from "../../pipeline/build_errors.ts";
import type { VolumeEntry } from "./entry.ts";
import { lookAtImage } from "./look_at_image.ts";

/** What is wrong with an image; `missing` where there is none. */
export interface WrongImage {
  readonly kind: "missing" | "altered" | "swapped";
  /** As words that follow "it". */
  readonly why: string;
}

/** What of an entry says which image it is. */
export type ExpectedImage = Pick<VolumeEntry, "file" | "sizeBytes" | "uuid" | "record">;

/**
 * Looks at an image, without reading its contents.
 *
 * @returns What is wrong; `undefined` where it is the one that was built.
 */
export async function wrongImage(
  folder: string,
  { file, sizeBytes, uuid, record }: ExpectedImage,
  signal?: AbortSignal,
): Promise<WrongImage | undefined> {
  let look;
  try {
    look = await lookAtImage(join(folder, file), signal);
  } catch (error) {
    if (!(error instanceof CorruptImageError)) throw error;
    return { kind: "altered", why: `cannot be read: ${messageOf(error).replace(/\.$/, "")}` };
  }
  if (look === undefined) return { kind: "missing", why: "does not exist" };
  if (look.uuid !== uuid) {
    return { kind: "swapped", why: `is another image: its UUID is ${look.uuid}, not ${uuid}` };
  }
  if (look.sizeBytes !== sizeBytes) {
    const why = `has ${look.sizeBytes} bytes, and ${sizeBytes} were built`;
    return { kind: "altered", why };
  }
  if (look.record === record) return undefined;
  return {
    kind: "altered",
    why: "has a record of its contents that is not the one that was built",
  };
}
