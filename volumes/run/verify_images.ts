/**
 * Reads the images of a set, each in a process of its own.
 * @module
 */

import { join } from "node:path";
import { runOwnChild } from "../../host/programs/own_child.ts";
import type { SetVolume } from "../set/manifest.ts";
import { inParallel } from "./in_parallel.ts";

/** How to read them. */
export interface VerifyImagesOptions {
  readonly folder: string;
  readonly parallel: number;
  /** Further arguments of `verify`. */
  readonly args: readonly string[];
  readonly signal: AbortSignal;
  /** An image was read. */
  onVerified(file: string): void;
  /** Something of an image is wrong, or it could not be read. */
  onFailure(file: string, message: string): void;
}

/** What became of them. */
export interface VerifiedImages {
  /** Whether one of them is not what it should be. */
  readonly isWrong: boolean;
  /** Whether one of them could not be verified. */
  readonly hasFailed: boolean;
}

/** Verifies each image by itself, also a layer. */
export async function verifyImages(
  volumes: readonly SetVolume[],
  { folder, parallel, args, signal, onVerified, onFailure }: VerifyImagesOptions,
): Promise<VerifiedImages> {
  let isWrong = false;
  let hasFailed = false;
  await inParallel(volumes, parallel, async ({ file, base }) => {
    if (signal.aborted) return;
    const layer = base === undefined ? [] : ["--layer"];
    const said: string[] = [];
    let error = "";
    const argv = ["verify", join(folder, file), ...layer, ...args, "--json"];
    const end = await runOwnChild(argv, signal, (line) => {
      const message = messageIn(line);
      if (message?.type === "failure") said.push(message.text);
      if (message?.type === "error") error = message.text;
    });
    if (signal.aborted) return;
    if (end.code === 0) return onVerified(file);
    if (end.code === WRONG) isWrong = true;
    else hasFailed = true;
    const messages = said.length > 0
      ? said
      : [error || end.stderr.trim() || `ended by ${end.signal}`];
    for (const message of messages) onFailure(file, message);
  });
  signal.throwIfAborted();
  return { isWrong, hasFailed };
}

/** The exit code of an image that is not what it should be. */
const WRONG = 4;

function messageIn(line: string): { readonly type: string; readonly text: string } | undefined {
  try {
    const { type, message } = JSON.parse(line) as { type: string; message?: string };
    return message === undefined ? undefined : { type, text: message };
  } catch {
    return undefined;
  }
}
