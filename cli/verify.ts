/**
 * `icecore verify`: is the image what it was?
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { argument, command, constant } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { verifyDigest } from "../mod.ts";
import { common, type CommonValues, isInteractive, wantsColor } from "./common.ts";
import { examples } from "./examples.ts";
import { EXIT } from "./exit_codes.ts";
import { interruptible } from "./interruptible.ts";
import { print, printJson } from "./output.ts";
import { ProgressLine } from "./progress_line.ts";

interface VerifyValues extends CommonValues {
  readonly command: "verify";
  readonly image: string;
}

/** The command. */
export const verify = {
  parser: command(
    "verify",
    merge(
      object("What", {
        command: constant("verify"),
        image: argument(string({ metavar: "IMAGE" }), { description: message`The image.` }),
      }),
      common,
    ),
    {
      brief: message`Compare an image with its side file.`,
      description: message`Hashes IMAGE anew and compares with IMAGE.sha512 beside it.`,
      footer: examples(
        "Example:",
        "  icecore verify /backup/photos.img",
        "",
        "Exit codes: 0 the same, 1 could not be done, 2 usage, 4 not the same.",
      ),
    },
  ),
  async run(values: VerifyValues): Promise<number> {
    const line = new ProgressLine(
      values.quiet !== true && isInteractive(),
      wantsColor(values),
    );
    const { image } = values;
    line.start(`verify ${image}`);
    try {
      const { algorithm, digest } = await interruptible((signal) =>
        verifyDigest(image, {
          signal,
          onProgress: (done, total) => line.update({ done, total, unit: "bytes" }),
        })
      );
      line.clear();
      if (values.json === true) printJson({ type: "verified", image, algorithm, digest });
      else if (values.quiet !== true) print(`${image}: OK`);
      return EXIT.done;
    } finally {
      line.clear();
    }
  },
};
