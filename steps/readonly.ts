/**
 * `readonly`: sets ext4's `read-only` feature, so that no kernel ever writes to the image.
 * @module
 */

import { openFileSystem } from "../ext4/reader/file_system.ts";
import { openSource } from "../host/block_source/open_source.ts";
import { EnvironmentError } from "../host/environment_error.ts";
import type { Image } from "../pipeline/image.ts";
import type { Step, StepContext } from "../pipeline/step.ts";
import { plainName, runTool } from "./e2fsprogs/tool.ts";

/** Seals the image. */
export const readonly: Step = {
  name: "readonly",
  summary: "mark it read-only for ever (tune2fs)",
  accepts: ["formatted", "unmounted"],
  leaves: "sealed",
  tools: ["tune2fs"],
  shell: false,
  async run(image: Image, context: StepContext): Promise<void> {
    await runTool(readonlyArgv(plainName(image.path, context)), context);
    if (await isReadOnly(image.path)) return;
    throw new EnvironmentError(
      "cannot rely on the program tune2fs: it ended well, and the image is not read-only. " +
        "Install e2fsprogs anew.",
      "wrong-output",
    );
  },
};

async function isReadOnly(path: string): Promise<boolean> {
  const source = await openSource(path);
  try {
    return (await openFileSystem(source)).info.features.includes("read-only");
  } finally {
    source.close();
  }
}

/** The command. */
export const readonlyArgv = (path: string): string[] => ["tune2fs", "-O", "read-only", path];
