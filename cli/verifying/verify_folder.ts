/**
 * Verifies all images of a folder, each once, and notes beside each what was found.
 * @module
 */

import { EnvironmentError } from "../../host/environment_error.ts";
import type { VerifyImageOptions } from "../../image/verify.ts";
import { messageOf } from "../../pipeline/build_errors.ts";
import { throwIfAborted } from "../../pipeline/interruption.ts";
import { type FolderImage, readImageFolder } from "../rotation/image_folder.ts";
import { verifyInFolder } from "../rotation/verify_in_folder.ts";

/** How an image was found. */
export interface FolderVerdict {
  readonly name: string;
  /** `foreign`: not made by icecore, and not looked at; `unread`: it could not be looked at. */
  readonly result: "right" | "damaged" | "unread" | "foreign";
  readonly why?: string;
}

/** All of a folder. */
export interface FolderVerification {
  readonly verdicts: readonly FolderVerdict[];
  /** How the images are afterwards. */
  readonly images: readonly FolderImage[];
}

/**
 * Verifies them, oldest first.
 *
 * @param share With a sample: how much is read of each, in words.
 * @throws InterruptedError; EnvironmentError where the folder cannot be read
 */
export async function verifyFolder(
  folder: string,
  options: VerifyImageOptions & { readonly signal: AbortSignal },
  hooks: { onImage(name: string): void; onVerdict(verdict: FolderVerdict): void },
  share?: string,
): Promise<FolderVerification> {
  const verdicts = new Map<string, FolderVerdict>();
  const add = (verdict: FolderVerdict) => {
    if (verdicts.has(verdict.name)) return;
    verdicts.set(verdict.name, verdict);
    hooks.onVerdict(verdict);
  };
  for (const image of await readImageFolder(folder)) {
    throwIfAborted(options.signal);
    const { name } = image;
    if (!isOurs(image)) {
      add({ name, result: "foreign" });
      continue;
    }
    hooks.onImage(name);
    try {
      const { result, why } = await verifyInFolder(image.location, options, share);
      // What it lies on may be damaged; that is known when all were verified.
      if (result === "damaged") add({ name, result, ...why !== undefined && { why } });
    } catch (error) {
      throwIfAborted(options.signal);
      if (!(error instanceof EnvironmentError)) throw error;
      add({ name, result: "unread", why: messageOf(error) });
    }
  }
  const images = await readImageFolder(folder);
  for (const { name, broken } of images) {
    add(
      broken === undefined ? { name, result: "right" } : { name, result: "damaged", why: broken },
    );
  }
  return { verdicts: [...verdicts.values()], images };
}

function isOurs({ face, note, series }: FolderImage): boolean {
  return face?.hasRecord === true || note !== undefined || series !== undefined;
}
