/**
 * Whether blocks of the source are cloned into the image: as an option, and what it asks for.
 * @module
 */

import { isCloningFileSystem } from "../../host/libc/clone.ts";
import { close, CURRENT_FOLDER, O_PATH, openAt } from "../../host/libc/files.ts";
import { UsageError } from "../../pipeline/build_errors.ts";
import type { OptionSchema } from "../../pipeline/options.ts";
import type { StepEvent } from "../../pipeline/step.ts";
import { counted } from "../../pipeline/words/counted.ts";
import { CLONED_BLOCK_BYTES, Cloner, type ReflinkMode } from "./cloner.ts";
import type { Sink } from "./sink.ts";

/** The option's schema. */
export const REFLINK_OPTION = {
  type: "string",
  help: "clone blocks of the source instead of copying them, where source and image lie on one " +
    "btrfs or XFS; they are then on the disk once",
  choices: ["auto", "always", "never"],
  default: "never",
} as const satisfies OptionSchema;

/** @throws UsageError `bad-reflink` where nothing can be cloned, and that is asked for. */
export function checkReflink(mode: ReflinkMode, blockSize: string, output: string): void {
  if (mode !== "always") return;
  if (output === "-") {
    throw new UsageError(
      "cannot clone into an image that goes to stdout: a stream has no blocks. Give a file, or let " +
        "the files be copied.",
      "bad-reflink",
    );
  }
  if (blockSize === "auto" || Number(blockSize) === CLONED_BLOCK_BYTES) return;
  throw new UsageError(
    `cannot clone into blocks of ${blockSize} bytes: file systems share blocks of ` +
      `${CLONED_BLOCK_BYTES}. Leave the block size out, or let the files be copied.`,
    "bad-reflink",
  );
}

/** Whether an image will take up about as much room on its disk as it has bytes. */
export function takesRoom(mode: ReflinkMode, path: string): boolean {
  if (mode !== "auto") return mode === "never";
  const file = openAt(CURRENT_FOLDER, path, O_PATH);
  try {
    return !isCloningFileSystem(file);
  } finally {
    close(file);
  }
}

/** What clones into a sink; `undefined` where nothing is to be cloned, or can be. */
export function clonerFor(
  mode: ReflinkMode,
  blockSizeBytes: number,
  { file }: Sink,
): Cloner | undefined {
  if (mode === "never" || file === undefined) return undefined;
  return blockSizeBytes === CLONED_BLOCK_BYTES ? new Cloner(file, mode) : undefined;
}

/** Says why files were copied after all, to whoever wants to know everything. */
export function explainCopies(
  mode: ReflinkMode,
  cloner: Cloner | undefined,
  emit: (event: StepEvent) => void,
): void {
  const say = (text: string) => emit({ type: "message", level: "debug", text });
  if (mode === "never") return;
  if (cloner === undefined) {
    return say(
      `nothing was cloned: that takes a file with blocks of ${CLONED_BLOCK_BYTES} bytes`,
    );
  }
  for (const [why, count] of cloner.cloned.refusals) {
    say(`copied, not cloned: ${counted(count, "file")}: ${why}`);
  }
}
