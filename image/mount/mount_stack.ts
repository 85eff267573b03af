/**
 * Mounts a stack of images as one tree: each image in a folder that nobody sees, and over them one
 * overlay, which holds them. So one mount is left, and it ends as any other.
 * @module
 */

import { mkdirSync, rmdirSync, symlinkSync } from "node:fs";
import { atForcedExit } from "../../host/ends/forced_exit.ts";
import { EnvironmentError } from "../../host/environment_error.ts";
import { makeWorkdir } from "../../host/files/workdir.ts";
import { isRoot } from "../../host/user.ts";
import { readMounts } from "../../host/mounts/mount_table.ts";
import { mountsBelow, unmountNow } from "../../host/mounts/mounts.ts";
import { type ProgramOptions, runProgram } from "../../host/programs/run_program.ts";
import {
  argvOf,
  detachArgv,
  fuseArgv,
  fuseOverlayArgv,
  kernelArgv,
  type MountSubject,
  overlayArgv,
} from "./commands.ts";

/** As many as overlayfs takes. */
export const MOST_LAYERS = 500;

/** The new mount interface of the kernel takes options of 256 bytes, which are 70 layers. */
const BY_OLD_INTERFACE = { LIBMOUNT_FORCE_MOUNT2: "always" };

/**
 * Mounts the images, topmost first.
 *
 * @param mount runs the program that mounts the overlay at its folder
 * @throws ToolError; EnvironmentError `too-many-layers`, `no-temporary-folder`. Nothing stays mounted
 * then, and nothing but the overlay otherwise; what is left after `kill -9`, `clean` releases.
 */
export async function mountStack(
  subjects: readonly MountSubject[],
  folder: string,
  by: "kernel" | "fuse",
  options: ProgramOptions,
  mount: (argv: readonly string[], options: ProgramOptions) => Promise<void>,
): Promise<void> {
  requireFewLayers(subjects);
  const workdir = makeWorkdir("-");
  const forget = atForcedExit(() => unmountNow(workdir.path));
  const within = {
    ...options,
    workdir: workdir.path,
    cwd: workdir.path,
    env: { ...options.env, ...BY_OLD_INTERFACE },
  };
  const names = subjects.map((_, index) => `${index}`);
  try {
    for (const [index, subject] of subjects.entries()) {
      mkdirSync(`${workdir.path}/${index}`);
      // A comma in a path would begin another option of fuse2fs.
      const path = `./${index}.img`;
      symlinkSync(subject.path, `${workdir.path}/${path}`);
      const argv = by === "kernel"
        ? kernelArgv(subject, `${workdir.path}/${index}`)
        : fuseArgv({ ...subject, path }, `${workdir.path}/${index}`, isRoot());
      await runProgram(argv, within);
    }
    await mount(
      by === "kernel" ? overlayArgv(names, folder) : fuseOverlayArgv(names, folder),
      within,
    );
    await takeOutOfSight(workdir.path, options);
  } catch (error) {
    await takeAway(workdir.path);
    throw error;
  } finally {
    forget();
    await workdir.release();
  }
}

/** What overlayfs holds of the images stays until it is unmounted. */
async function takeOutOfSight(workdir: string, { onStart }: ProgramOptions): Promise<void> {
  for (const { mountpoint, fileSystem } of mountsWithin(workdir)) {
    await runProgram(detachArgv({ mountpoint, fileSystem }), onStart ? { onStart } : {});
    rmdirSync(mountpoint);
  }
}

async function takeAway(workdir: string): Promise<void> {
  for (const { mountpoint, fileSystem } of mountsWithin(workdir)) {
    await runProgram(argvOf({ mountpoint, fileSystem }), { success: () => true });
  }
  // What is still in use by a program that is about to end.
  for (const each of mountsWithin(workdir)) {
    await runProgram(detachArgv(each), { success: () => true });
  }
}

function mountsWithin(workdir: string) {
  const within = new Set(mountsBelow(workdir));
  return readMounts().filter(({ mountpoint }) => within.has(mountpoint)).reverse();
}

function requireFewLayers(subjects: readonly MountSubject[]): void {
  if (subjects.length <= MOST_LAYERS) return;
  throw new EnvironmentError(
    `cannot mount ${subjects.length} images as one tree: overlayfs takes ${MOST_LAYERS} at most. ` +
      "Make one full image of them with icecore merge, and mount that; icecore ls, cat and extract " +
      "read them as they are.",
    "too-many-layers",
  );
}
