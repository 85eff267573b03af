/**
 * `shrink`: makes the file system as small as it can be, and cuts the file to it.
 *
 * `resize2fs -M` alone stops above the real minimum: its estimate keeps a margin for each block it
 * would have to move. From the smaller file system the next estimate is closer, so it is repeated
 * while that helps. What is then still free is asked for by number, which resize2fs obeys when
 * forced; should the blocks not find room, `e2undo` takes the attempt back.
 * @module
 */

import { rmSync } from "node:fs";
import { close, CURRENT_FOLDER, O_RDWR, openAt, truncate } from "../host/libc/files.ts";
import type { Image } from "../pipeline/image.ts";
import type { Step, StepContext } from "../pipeline/step.ts";
import { readNumbers } from "./e2fsprogs/dumpe2fs.ts";
import { runE2fsck } from "./e2fsprogs/e2fsck.ts";
import { runTool } from "./e2fsprogs/tool.ts";

/** Each round at least halves the margin; more have never been seen to help. */
const MOST_ROUNDS = 10;

/** Shrinks the image. */
export const shrink: Step = {
  name: "shrink",
  summary: "make it as small as it can be (resize2fs -M)",
  accepts: ["unmounted"],
  tools: ["resize2fs", "e2undo", "dumpe2fs", "e2fsck"],
  shell: false,
  async run(image: Image, context: StepContext): Promise<Image> {
    let { countBlocks, blockSizeBytes } = await readNumbers(image.path, context);
    for (let round = 0; round < MOST_ROUNDS; round++) {
      await runTool(shrinkArgv(image.path), context);
      const { countBlocks: now } = await readNumbers(image.path, context);
      if (now === countBlocks) break;
      countBlocks = now;
    }
    countBlocks = await squeeze(image, context);
    const sizeBytes = countBlocks * blockSizeBytes;
    cut(image.path, sizeBytes);
    return { ...image, sizeBytes };
  },
};

/** The command: `-M` goes to the smallest size it thinks possible. */
export const shrinkArgv = (path: string): string[] => ["resize2fs", "-M", path];

/** The command that goes to a size it is told, and writes down how to take that back. */
export const squeezeArgv = (path: string, countBlocks: number, undoPath: string): string[] => [
  "resize2fs",
  "-f",
  ...["-z", undoPath],
  path,
  String(countBlocks),
];

/** The command that takes an attempt back. */
export const undoArgv = (path: string, undoPath: string): string[] => ["e2undo", undoPath, path];

/** Drops the blocks that are still free. @returns How many blocks there are in the end. */
async function squeeze(image: Image, context: StepContext): Promise<number> {
  const undoPath = `${image.finalPath}.undo.partial`;
  context.defer(() => rmSync(undoPath, { force: true }));
  let { countBlocks, countFreeBlocks } = await readNumbers(image.path, context);
  // Dropping a group frees its tables, which makes room to drop more.
  for (let round = 0; round < MOST_ROUNDS && countFreeBlocks > 0; round++) {
    const argv = squeezeArgv(image.path, countBlocks - countFreeBlocks, undoPath);
    const { exitCode } = await runTool(argv, context, () => true);
    if (exitCode !== 0) await runTool(undoArgv(image.path, undoPath), context);
    rmSync(undoPath, { force: true });
    const now = await readNumbers(image.path, context);
    if (exitCode !== 0 || now.countBlocks === countBlocks) break;
    ({ countBlocks, countFreeBlocks } = now);
  }
  await runE2fsck(image.path, "check", context);
  return countBlocks;
}

function cut(path: string, sizeBytes: number): void {
  const fd = openAt(CURRENT_FOLDER, path, O_RDWR);
  try {
    truncate(fd, sizeBytes);
  } finally {
    close(fd);
  }
}
