/**
 * `shrink`: makes the file system as small as it can be, and cuts the file to it.
 *
 * `resize2fs -M` alone stops above the real minimum: its estimate keeps a margin for each block it
 * would have to move. From the smaller file system the next estimate is closer, so it is repeated
 * while that helps. What is then still free is asked for by number, which resize2fs obeys when
 * forced. Either may find no room half-way; `e2undo` then takes the attempt back.
 * @module
 */

import { existsSync, rmSync } from "node:fs";
import { EnvironmentError } from "../host/environment_error.ts";
import { close, CURRENT_FOLDER, O_NOFOLLOW, O_RDWR, openAt, truncate } from "../host/libc/files.ts";
import { ToolError } from "../host/programs/tool_error.ts";
import type { Image } from "../pipeline/image.ts";
import type { Step, StepContext } from "../pipeline/step.ts";
import { readNumbers } from "./e2fsprogs/dumpe2fs.ts";
import { runE2fsck } from "./e2fsprogs/e2fsck.ts";
import { plainName, runTool } from "./e2fsprogs/tool.ts";

/** Each round at least halves the margin; more have never been seen to help. */
const MOST_ROUNDS = 10;
/**
 * Free blocks left over for extent trees that grow while their files are moved: none, and if that
 * fails, the least that works.
 */
const SPARE_BLOCKS = [0, 16, 64, 256, 1024, 4096];

/** Shrinks the image. */
export const shrink: Step = {
  name: "shrink",
  summary: "make it as small as it can be (resize2fs -M)",
  accepts: ["unmounted"],
  tools: ["resize2fs", "e2undo", "dumpe2fs", "e2fsck"],
  shell: false,
  async run(image: Image, context: StepContext): Promise<Image> {
    await shrinkByEstimate(image, context);
    await squeeze(image, context);
    await runE2fsck(image.path, "check", context);
    const { countBlocks, blockSizeBytes } = await readNumbers(image.path, context);
    const sizeBytes = countBlocks * blockSizeBytes;
    cut(image.path, sizeBytes);
    return { ...image, sizeBytes };
  },
};

/** The command: `-M` goes to the smallest size it thinks possible; `-z` notes how to undo it. */
export const shrinkArgv = (path: string, undoPath: string): string[] => [
  "resize2fs",
  ...["-z", undoPath],
  "-M",
  path,
];

/** The command that goes to a size it is given. */
export const squeezeArgv = (path: string, countBlocks: number, undoPath: string): string[] => [
  "resize2fs",
  "-f",
  ...["-z", undoPath],
  path,
  String(countBlocks),
];

/** The command that takes an attempt back. */
export const undoArgv = (path: string, undoPath: string): string[] => ["e2undo", undoPath, path];

/** Goes where `resize2fs` itself thinks it can, again and again. */
async function shrinkByEstimate(image: Image, context: StepContext): Promise<void> {
  const name = plainName(image.path, context);
  let { countBlocks } = await readNumbers(image.path, context);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    if (!await attempt(image, (undoPath) => shrinkArgv(name, undoPath), context)) return;
    const now = await readNumbers(image.path, context);
    if (now.countBlocks === countBlocks) return;
    countBlocks = now.countBlocks;
  }
}

/** Drops the blocks that are still free. Dropping a group frees its tables: then once more. */
async function squeeze(image: Image, context: StepContext): Promise<void> {
  let { countBlocks, countFreeBlocks } = await readNumbers(image.path, context);
  let left = 0;
  for (let round = 0; round < MOST_ROUNDS && countFreeBlocks > left; round++) {
    const spare = SPARE_BLOCKS.filter((count) => count >= left && count < countFreeBlocks);
    const worked = await squeezeOnce(image, countBlocks - countFreeBlocks, spare, context);
    if (worked === undefined) return;
    left = worked;
    ({ countBlocks, countFreeBlocks } = await readNumbers(image.path, context));
  }
}

async function squeezeOnce(
  image: Image,
  leastBlocks: number,
  spare: readonly number[],
  context: StepContext,
): Promise<number | undefined> {
  for (const count of spare) {
    const asked = leastBlocks + count;
    const argv = (undoPath: string) => squeezeArgv(plainName(image.path, context), asked, undoPath);
    if (!await attempt(image, argv, context)) continue;
    const { countBlocks } = await readNumbers(image.path, context);
    if (countBlocks <= asked) return count;
    throw new EnvironmentError(
      `cannot rely on the program resize2fs: it was to leave ${asked} blocks, ended well, and left ` +
        `${countBlocks}. Install e2fsprogs anew.`,
      "wrong-output",
    );
  }
  return undefined;
}

const NO_WAY_BACK = "It could not be taken back. Make room on the image's disk, where the way " +
  "back is noted, and build again.";

/** Runs `resize2fs`; takes back what it did when it fails. @returns Whether it succeeded. */
async function attempt(
  image: Image,
  argv: (undoPath: string) => string[],
  context: StepContext,
): Promise<boolean> {
  const undoPath = `${image.finalPath}.undo.partial`;
  context.defer(() => rmSync(undoPath, { force: true }));
  const { exitCode, stdout, stderr } = await runTool(argv(undoPath), context, () => true);
  // Without notes nothing was begun, and there is nothing to take back: it cannot work at all.
  if (exitCode !== 0 && !existsSync(undoPath)) {
    throw new ToolError(argv(undoPath), exitCode, stderr || stdout);
  }
  if (exitCode !== 0) {
    const undone = await runTool(
      undoArgv(plainName(image.path, context), undoPath),
      context,
      () => true,
    );
    if (undone.exitCode !== 0) {
      const said = [stderr || stdout, undone.stderr].map((text) => text.trim()).join("; ");
      throw new ToolError(argv(undoPath), exitCode, said, NO_WAY_BACK);
    }
  }
  rmSync(undoPath, { force: true });
  return exitCode === 0;
}

function cut(path: string, sizeBytes: number): void {
  const fd = openAt(CURRENT_FOLDER, path, O_RDWR | O_NOFOLLOW);
  try {
    truncate(fd, sizeBytes);
  } finally {
    close(fd);
  }
}
