/**
 * `fsck`: checks the file system before anybody relies on it.
 * @module
 */

import type { Image } from "../pipeline/image.ts";
import type { Step, StepContext } from "../pipeline/step.ts";
import { runE2fsck } from "./e2fsprogs/e2fsck.ts";

/** Checks the image with `e2fsck`. A finished image is only looked at, never repaired. */
export const fsck: Step = {
  name: "fsck",
  summary: "check the file system (e2fsck)",
  accepts: ["formatted", "unmounted", "sealed"],
  shell: false,
  async run(image: Image, context: StepContext): Promise<void> {
    if (image.path === "-") return;
    const mode = image.phase === "sealed" ? "check" : "repair";
    const corrected = await runE2fsck(image.path, mode, context);
    if (!corrected) return;
    context.emit({
      type: "message",
      level: "warning",
      text: "e2fsck found errors and corrected them. Compare the image with its source: " +
        "icecore verify IMAGE --source DIR",
    });
  },
};
