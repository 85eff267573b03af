/**
 * `fsck`: checks the file system before anybody relies on it: with `e2fsck`, which nobody here
 * wrote, where it is installed; else, or on request, with icecore's own checker.
 * @module
 */

import { CorruptImageError } from "../ext4/image_errors.ts";
import type { BlockSource } from "../ext4/reader/bytes/block_source.ts";
import { openFileSource } from "../host/block_source/file_source.ts";
import { Breather } from "../host/breathe.ts";
import { EnvironmentError } from "../host/environment_error.ts";
import { findProgram } from "../host/programs/find_program.ts";
import type { Image } from "../pipeline/image.ts";
import type { OptionsSchema } from "../pipeline/options.ts";
import {
  defineStep,
  type Fact,
  type PreviewContext,
  type Step,
  type StepContext,
} from "../pipeline/step.ts";
import { counted } from "../pipeline/words/counted.ts";
import { runE2fsck } from "./e2fsprogs/e2fsck.ts";

const options = {
  checker: {
    type: "string",
    help: "which checker: e2fsck, icecore's own, both, or auto",
    choices: ["auto", "e2fsck", "own", "both"],
    default: "auto",
  },
} as const satisfies OptionsSchema;

/** Checks the image. A finished image is only looked at, never repaired. */
export const fsck: Step = defineStep({
  name: "fsck",
  summary: "check the file system, with e2fsck where it is installed",
  accepts: ["formatted", "unmounted", "sealed"],
  shell: false,
  passive: true,
  options,
  check({ options }) {
    if (!wantsE2fsck(options.checker) || findProgram("e2fsck") !== undefined) return;
    throw new EnvironmentError(
      "cannot check with e2fsck: it is not in PATH. Install it with: apt-get install e2fsprogs, " +
        "or leave the option fsck.checker out.",
      "missing-program",
    );
  },
  async run(image, context): Promise<void> {
    // An image that was streamed away is not here to be looked at.
    if (image.path === "-") return;
    const byE2fsck = usesE2fsck(context);
    if (byE2fsck) await checkByE2fsck(image, context);
    if (!byE2fsck || context.options.checker === "both") await checkByOwn(image, context);
  },
  preview(_image, context): Promise<Fact[]> {
    const value = usesE2fsck(context) ? "e2fsck" : "icecore's own";
    return Promise.resolve([{ label: "checker", value }]);
  },
});

const wantsE2fsck = (checker: unknown): boolean => checker === "e2fsck" || checker === "both";

function usesE2fsck(context: PreviewContext<typeof options>): boolean {
  const { checker } = context.options;
  return wantsE2fsck(checker) || (checker === "auto" && findProgram("e2fsck") !== undefined);
}

async function checkByE2fsck(image: Image, context: StepContext): Promise<void> {
  const mode = image.phase === "sealed" ? "check" : "repair";
  const corrected = await runE2fsck(image.path, mode, context);
  if (!corrected) return;
  context.emit({
    type: "message",
    level: "warning",
    text: "e2fsck found errors and corrected them. Compare the image with its source.",
  });
}

/** @throws CorruptImageError with the first finding. */
async function checkByOwn({ path }: Image, { signal, emit }: StepContext): Promise<void> {
  const { checkImage } = await import("../ext4/checker/check_image.ts");
  const source = openFileSource(path);
  const breather = new Breather(signal);
  let done = 0;
  const counting: BlockSource = {
    sizeBytes: source.sizeBytes,
    read(offsetBytes, into) {
      done += into.length;
      return source.read(offsetBytes, into);
    },
  };
  const pause = () => {
    if (!breather.due) return;
    // How much there is to read shows only on the way.
    emit({ type: "progress", done, unit: "bytes" });
    return breather.pause();
  };
  try {
    const { isSound, findings, countFindings } = await checkImage(counting, { pause });
    if (isSound) return;
    const first = findings[0]!;
    const more = countFindings > 1 ? ` (and ${counted(countFindings - 1, "more finding")})` : "";
    throw new CorruptImageError(
      "check-failed",
      first.structure,
      `cannot rely on the image: ${first.message}${more}. ` +
        "Look at the disk and at the kernel's log, then build again.",
    );
  } finally {
    source.close();
  }
}
