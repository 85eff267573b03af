/**
 * `unmount`: unmounts the image, which writes what is left of it to its file.
 * @module
 */

import { unmountArgv } from "../host/mount_namespace.ts";
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
    return image;
  },
};
