/**
 * `unmount`: unmounts the image, which writes what is left of it to its file.
 * @module
 */

import { EnvironmentError } from "../host/environment_error.ts";
import { unmountArgv } from "../host/mounts/mount_namespace.ts";
import { isMountpoint } from "../host/mounts/mounts.ts";
import type { Image } from "../pipeline/image.ts";
import type { Step, StepContext } from "../pipeline/step.ts";
import { runTool } from "./e2fsprogs/tool.ts";

/** Unmounts the image. */
export const unmount: Step = {
  name: "unmount",
  summary: "unmount it",
  accepts: ["mounted"],
  leaves: "unmounted",
  tools: ["umount", "nsenter"],
  privileged: true,
  shell: false,
  async run({ mountpoint, ...image }: Image, context: StepContext): Promise<Image> {
    await runTool(unmountArgv(mountpoint!), context);
    if (!isMountpoint(mountpoint!)) return image;
    throw new EnvironmentError(
      `cannot rely on the program umount: it ended well, and the image is still mounted. ` +
        "Install util-linux anew.",
      "wrong-output",
    );
  },
};
