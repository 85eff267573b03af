/**
 * Layers that are built as users build them, and the kernel as their judge.
 * @module
 */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { mkdirSync } from "node:fs";
import { pipeline, recipes, since } from "../../../mod.ts";
import type { BuildEvent } from "../../../pipeline/events.ts";
import { assertE2fsckClean, output, run } from "../programs/oracles.ts";
import type { Requirements } from "../programs/requirements.ts";
import { listFolder } from "../trees/folder_listing.ts";

/** What mounting a stack, and listing what it shows, needs of the machine. */
export const STACK: Requirements = {
  programs: ["mount", "umount", "find", "stat", "getfattr", "sha256sum", "e2fsck"],
  loop: true,
};

/** How an image is built. */
export interface StackBuild {
  readonly base?: string;
  readonly times?: "mtime" | "all";
  readonly unchangedBy?: "times" | "content";
  /** Whether the build checks what it made; default true. */
  readonly isChecked?: boolean;
}

/** Builds an image of what is in a folder; with `base`, a layer. */
export async function buildImage(
  source: string,
  image: string,
  { base, times = "mtime", unchangedBy = "times", isChecked = true }: StackBuild = {},
) {
  const events: BuildEvent[] = [];
  const native = isChecked ? pipeline(recipes.native) : pipeline(recipes.native).without("fsck");
  const full = native.with("scan", { times }).with("pack", { times });
  const chosen = base === undefined ? full : full.use(since, { base, unchangedBy });
  const result = await chosen.run({
    sources: [`${source}/.`],
    output: image,
    emit: (event) => events.push(event),
  });
  const problems = result.image.report.problems;
  return { ...result, events, problems };
}

/**
 * Mounts a stack, topmost first, for the time of a callback.
 * @param more a further option, with a comma in front
 */
export async function withStack<T>(
  images: readonly string[],
  folder: string,
  use: (mountpoint: string) => T | Promise<T>,
  more = "",
): Promise<T> {
  const merged = `${folder}/merged`;
  const lower = images.map((_, i) => `${folder}/m${i}`);
  const mounted: string[] = [];
  try {
    for (const [i, image] of images.entries()) {
      mkdirSync(lower[i]!, { recursive: true });
      output("mount", ["-t", "ext4", "-o", "ro,loop", image, lower[i]!]);
      mounted.unshift(lower[i]!);
    }
    mkdirSync(merged, { recursive: true });
    // The file system calls of newer programs take 255 bytes of options at most.
    const options = `lowerdir=${images.map((_, i) => `m${i}`).join(":")}${more}`;
    const command = ["LIBMOUNT_FORCE_MOUNT2=always", "mount", "-t", "overlay", "-o", options];
    output("env", [...command, "overlay", merged], folder);
    mounted.unshift(merged);
    return await use(merged);
  } finally {
    for (const each of mounted) output("umount", [each]);
  }
}

/** What programs print of a folder: all but what every image adds. */
export function appearanceOf(
  folder: string,
  options: { readonly ctime?: boolean } = {},
): string[] {
  const isOwn = (line: string) => /^(lost\+found|\.\/lost\+found) /.test(line);
  const lines = listFolder(folder).filter((line) => !isOwn(line));
  return [...lines, ...links(folder), ...(options.ctime === true ? ctimes(folder) : [])];
}

/** Fails unless the kernel shows the stack as the source, and each image alone is clean. */
export async function assertStackShows(
  images: readonly string[],
  source: string,
  folder: string,
  options: { readonly ctime?: boolean } = {},
): Promise<void> {
  for (const image of images) assertE2fsckClean(image);
  const expected = images.length === 1
    ? undefined
    : await withStack(images, folder, (merged) => appearanceOf(merged, options));
  if (expected !== undefined) assert.deepEqual(expected, appearanceOf(source, options));
}

function links(folder: string): string[] {
  return found(folder, ["!", "-type", "d", "-printf", "%P\\0%n\\n"]);
}

function ctimes(folder: string): string[] {
  return found(folder, ["-printf", "%P\\0%C@\\n"]);
}

function found(folder: string, tests: readonly string[]): string[] {
  const { stdout } = run("find", [folder, ...tests]);
  const lines = Buffer.from(stdout).toString("latin1").split("\n").sort();
  return lines.filter((line) => !line.startsWith("lost+found\0"));
}
