/**
 * `mount`: mounts the image on a loop device, in a mount namespace of its own.
 * @module
 */

import { mkdirSync } from "node:fs";
import { atForcedExit } from "../host/ends/forced_exit.ts";
import { WORKDIR_VARIABLE } from "../host/files/workdir.ts";
import { makeMountNamespace } from "../host/mounts/mount_namespace.ts";
import { isMountpoint, unmountNow } from "../host/mounts/mounts.ts";
import type { Image } from "../pipeline/image.ts";
import type { Step, StepContext } from "../pipeline/step.ts";
import { programOptions } from "./e2fsprogs/tool.ts";

/** Mounts the image. */
export const mount: Step = {
  name: "mount",
  summary: "mount it on a loop device, seen by icecore alone",
  accepts: ["formatted", "unmounted"],
  leaves: "mounted",
  tools: ["mount", "umount", "unshare", "nsenter"],
  privileged: true,
  shell: false,
  async run(image: Image, context: StepContext): Promise<Image> {
    const { workdir } = context;
    const folder = mountFolder(workdir);
    mkdirSync(folder, { recursive: true });
    const namespace = await makeMountNamespace({ [WORKDIR_VARIABLE]: workdir });
    const forget = namespace.isPrivate ? () => {} : atForcedExit(() => unmountNow(folder));
    context.defer(async () => {
      if (!namespace.isPrivate) unmountNow(folder);
      await namespace.release();
      forget();
    });
    await namespace.run(mountArgv(image.path, folder), programOptions(context));
    const mountpoint = namespace.reach(folder);
    // Else the copy would fill a plain folder, and the image would stay empty.
    if (!isMountpoint(mountpoint)) {
      throw new Error(
        `cannot reach the mounted image at ${mountpoint}: there is a plain folder. ` +
          "Set TMPDIR to a folder on a local disk.",
      );
    }
    return { ...image, mountpoint };
  },
};

/** Where a build mounts its image, as seen from inside its namespace. */
export const mountFolder = (workdir: string): string => `${workdir}/mnt`;

/** The command. The loop device frees itself when it is unmounted. */
export const mountArgv = (path: string, folder: string): string[] => [
  "mount",
  ...["-t", "ext4"],
  ...["-o", "loop,noatime,nosuid,nodev,noexec,noinit_itable"],
  path,
  folder,
];
