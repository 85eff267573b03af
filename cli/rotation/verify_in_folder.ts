/**
 * Verifies an image of a folder, and notes beside it what was found.
 * @module
 */

import { existsSync } from "node:fs";
import { CorruptImageError } from "../../ext4/image_errors.ts";
import { nowMs } from "../../host/clock.ts";
import { verifyImage, type VerifyImageOptions } from "../../image/verify.ts";
import { messageOf, VerificationError } from "../../pipeline/build_errors.ts";
import { faceOf } from "./image_folder.ts";
import { noteAbout, type NotedVerification, readNote, writeNote } from "./image_note.ts";

/**
 * Verifies an image alone: what it lies on has a verification of its own.
 *
 * @param share Where only a part is read: how much, in words, as `5%`. That it was right says nothing
 * of the rest, and nothing of what was damaged before.
 * @throws EnvironmentError when it cannot be looked at, which says nothing about it.
 */
export async function verifyInFolder(
  image: string,
  options: VerifyImageOptions,
  share?: string,
): Promise<NotedVerification> {
  const found = await resultOf(image, options);
  const isPart = share !== undefined && found.result === "right";
  const news = isPart ? { sampled: { when: found.when, share } } : { verified: found };
  // It may have been removed meanwhile, as it is while a month's images are verified.
  if (!existsSync(image)) return found;
  const uuid = (await faceOf(image)).face?.uuid;
  const note = { icecore: 1, ...uuid !== undefined && { uuid } } as const;
  await writeNote(image, { ...note, ...noteAbout(readNote(image), uuid), ...news });
  return found;
}

async function resultOf(image: string, options: VerifyImageOptions): Promise<NotedVerification> {
  const when = () => new Date(nowMs()).toISOString();
  try {
    await verifyImage(image, { ...options, layer: true });
    return { when: when(), result: "right" };
  } catch (error) {
    if (!(error instanceof VerificationError || error instanceof CorruptImageError)) throw error;
    return { when: when(), result: "damaged", why: messageOf(error) };
  }
}
