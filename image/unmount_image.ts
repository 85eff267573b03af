/**
 * Unmounts an image, and nothing but an image.
 * @module
 */

import { realpathSync } from "node:fs";
import { EnvironmentError } from "../host/environment_error.ts";
import { meaningOf } from "../host/libc/errno.ts";
import { printable } from "../host/libc/paths.ts";
import { type Mount, mountAt } from "../host/mounts/mount_table.ts";
import { type ProgramOptions, runProgram } from "../host/programs/run_program.ts";
import { ToolError } from "../host/programs/tool_error.ts";
import { interruptionOf } from "../pipeline/interruption.ts";
import { givenPath } from "../pipeline/words/given_path.ts";
import { argvOf, isFuse, STACK_SOURCE } from "./mount/commands.ts";

/**
 * Unmounts the image that is mounted at a folder, by the kernel or by FUSE. Its loop device is
 * freed with it.
 *
 * @throws EnvironmentError `not-mounted`, `not-an-image`, `busy`; ToolError;
 * InterruptedError.
 */
export async function unmountImage(
  folder: string,
  options: {
    /** Cancels it. */
    readonly signal?: AbortSignal;
    /** Receives each program before it runs. */
    onCommand?(argv: readonly string[]): void;
  } = {},
): Promise<void> {
  const shown = printable(givenPath(folder, "the folder to unmount"));
  const at = realFolder(folder, shown);
  const mount = mountAt(at);
  if (mount === undefined) {
    throw new EnvironmentError(
      `cannot unmount ${shown}: nothing is mounted there. Check the path.`,
      "not-mounted",
    );
  }
  if (!isImage(mount)) {
    throw new EnvironmentError(
      `cannot unmount ${shown}: ${mount.fileSystem} of ${printable(mount.source)} is mounted ` +
        "there, and not an image. Unmount it with umount, if that is what you want.",
      "not-an-image",
    );
  }
  const programOptions: ProgramOptions = {
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(options.onCommand === undefined ? {} : { onStart: options.onCommand }),
  };
  try {
    await runProgram(argvOf(mount), programOptions);
  } catch (error) {
    const { signal } = options;
    if (signal?.aborted === true) {
      throw interruptionOf(
        signal,
        mountAt(at) === undefined ? [] : [`what is mounted at ${shown}`],
      );
    }
    if (!(error instanceof ToolError) || !/busy/i.test(error.stderrTail)) throw error;
    throw new EnvironmentError(
      `cannot unmount ${shown}: something in it is in use. Close it, and leave the folder in ` +
        `every shell; fuser -vm ${shown} shows who it is.`,
      "busy",
      { cause: error },
    );
  }
}

function realFolder(folder: string, shown: string): string {
  try {
    return realpathSync(folder);
  } catch (error) {
    throw new EnvironmentError(
      `cannot unmount ${shown}: ${meaningOf(error)}. Check the path.`,
      "not-mounted",
      { cause: error },
    );
  }
}

/** A stack that icecore has mounted, or an ext file system on a loop device or mounted as `mount` does it, or one of fuse2fs. */
function isImage({ fileSystem, source, options }: Mount): boolean {
  const isHarmless = ["ro", "nosuid", "nodev"].every((option) => options.includes(option));
  if (fileSystem === "overlay") return source === STACK_SOURCE;
  if (fileSystem === "fuse.fuse-overlayfs") return isHarmless;
  if (isFuse(fileSystem)) {
    return fileSystem === "fuse.fuse2fs" || fileSystem === "fuse.ext4" || source === "fuse2fs";
  }
  if (!/^ext[234]$/.test(fileSystem)) return false;
  return /^\/dev\/loop\d+$/.test(source) || isHarmless;
}
