/**
 * `icecore verify`: is the image what it was?
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple, optional } from "@optique/core/modifiers";
import { argument, command, constant, option } from "@optique/core/primitives";
import { shownLocation } from "../host/block_source/location.ts";
import type { Problem } from "../pipeline/problem.ts";
import { differenceLine } from "../steps/image/diff/difference.ts";
import { type VerifyFailure, verifyImage, type VerifyImageOptions } from "../steps/image/verify.ts";
import { common, type CommonValues, isInteractive, wantsColor } from "./common.ts";
import { examples } from "./examples.ts";
import { EXIT, exitCodes } from "./exit_codes.ts";
import { fileValue } from "./file_value.ts";
import { interruptible } from "./interruptible.ts";
import { jsonLocation } from "./json_location.ts";
import { leavingOut, type LeavingOutValues, leftOut } from "./left_out.ts";
import { note, print, printJson } from "./output.ts";
import { ProgressLine } from "./progress_line.ts";

interface VerifyValues extends CommonValues, LeavingOutValues {
  readonly command: "verify";
  readonly image: string;
  readonly sources: readonly string[];
  readonly noDigest: boolean | undefined;
}

/** The command. */
export const verify = {
  parser: command(
    "verify",
    merge(
      object("What", {
        command: constant("verify"),
        image: argument(fileValue("IMAGE"), {
          description: message`The image: a file, a device, or an http(s) or s3 URL.`,
        }),
        sources: multiple(option("--source", fileValue("DIR", "directory"), {
          description:
            message`Compare with a folder, file by file: names, contents and metadata. Then no side file is needed.`,
        })),
        noDigest: optional(option("--no-digest", {
          description:
            message`Do not hash the image; check its structure, and compare with --source.`,
        })),
      }),
      leavingOut,
      common,
    ),
    {
      brief: message`Verify an image: digest, structure, source.`,
      description:
        message`Hashes IMAGE anew and compares with IMAGE.sha512 beside it, and checks all checksums and structures of the file system.`,
      footer: examples(
        "Examples:",
        "  icecore verify /backup/photos.img",
        "  icecore verify /backup/photos.img --source /srv/photos",
        "",
        ...exitCodes({
          done: "the same",
          failed: "could not be done",
          verificationFailed: "not the same",
        }),
      ),
    },
  ),
  async run(values: VerifyValues): Promise<number> {
    const line = new ProgressLine(values.quiet !== true && isInteractive(), wantsColor(values));
    const { sources } = values;
    const image = shownLocation(values.image);
    line.start(`verify ${image}`);
    try {
      const verified = await interruptible((signal) =>
        verifyImage(values.image, {
          sources,
          ...leftOut(values),
          digest: values.noDigest === true ? "never" : "auto",
          signal,
          ...shownOn(line, image, values.json === true),
        })
      );
      line.clear();
      const { digest, countInodes, wasReplayed } = verified;
      if (values.json === true) {
        const { algorithm, digest: hex } = digest ?? {};
        const facts = { image: jsonLocation(values.image), algorithm, digest: hex };
        printJson({ type: "verified", ...facts, countInodes, wasReplayed, sources });
        return EXIT.done;
      }
      if (digest === undefined && values.noDigest !== true) {
        note(`icecore: ${image} has no side file: its digest was not verified`);
      }
      if (wasReplayed && values.quiet !== true) {
        note(`icecore: ${image} was not unmounted: it is sound once its journal is replayed`);
      }
      if (values.quiet !== true) print(`${image}: OK`);
      return EXIT.done;
    } finally {
      line.clear();
    }
  },
};

/** What is told on the way. */
function shownOn(line: ProgressLine, image: string, json: boolean): VerifyImageOptions {
  return {
    onCheck: (check) => line.start(`verify ${image}: ${check}`),
    onProgress: (done, total, unit) =>
      line.update({ done, unit, ...(total === undefined ? {} : { total }) }),
    onFailure: (failure: VerifyFailure) =>
      line.above(() => {
        if (json) printJson({ type: "failure", ...failure });
        else if (failure.check === "source") print(differenceLine(failure.difference));
        else if (failure.check === "structure") note(`icecore: structure: ${failure.message}`);
      }),
    onProblem: (problem: Problem) =>
      line.above(() => {
        if (json) printJson({ type: "problem", problem });
        else note(`icecore: ${problem.kind}: ${problem.path}: ${problem.reason}`);
      }),
  };
}
