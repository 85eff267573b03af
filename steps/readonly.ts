/**
 * `readonly`: sets ext4's `read-only` feature, so that no kernel ever writes to the image.
 * @module
 */

import type { Image } from "../pipeline/image.ts";
import type { Step, StepContext } from "../pipeline/step.ts";
import { runTool } from "./e2fsprogs/tool.ts";

/** Seals the image. */
export const readonly: Step = {
  name: "readonly",
  summary: "mark it read-only for ever (tune2fs)",
  accepts: ["formatted", "unmounted"],
  leaves: "sealed",
  tools: ["tune2fs"],
  shell: false,
  async run(image: Image, context: StepContext): Promise<void> {
    await runTool(readonlyArgv(image.path), context);
  },
};

/** The command. */
export const readonlyArgv = (path: string): string[] => ["tune2fs", "-O", "read-only", path];
