/**
 * `icecore info`: what an image is.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { command, constant } from "@optique/core/primitives";
import { examples } from "../arguments/examples.ts";
import {
  imageArgument,
  reading,
  type ReadingValues,
  withImage,
} from "../arguments/image_argument.ts";
import { exitCodes } from "../exit_codes.ts";
import { sharingOf } from "../../image/sharing.ts";
import { factLines, imageFacts } from "../listing/image_facts.ts";
import { imageUses } from "../listing/image_uses.ts";
import { takenOf } from "../listing/taken.ts";
import { briefOf } from "../manual/brief_of.ts";
import { common } from "../output/common_options.ts";
import { print, printJson } from "../output/output.ts";

interface InfoValues extends ReadingValues {
  readonly command: "info";
}

/** The command. */
export const info = {
  parser: command(
    "info",
    merge(
      object("What", { command: constant("info"), image: imageArgument }),
      reading,
      common,
    ),
    {
      brief: briefOf("info"),
      description:
        message`Prints format, label, UUID, times, how full it is and with what, what made it, and its features.`,
      footer: examples(
        "Examples:",
        "  icecore info photos.img",
        "  icecore info --json https://backup.example.org/photos.img",
        "",
        ...exitCodes(),
      ),
    },
  ),
  async run(values: InfoValues): Promise<number> {
    return await withImage(values, async (image) => {
      const record = await image.record();
      const uses = await imageUses(image);
      const facts = imageFacts(image, record, uses, await sharingOf(image));
      const { text, ...taken } = takenOf(image.layers[0]?.location, image.layers[0]?.uuid);
      if (values.json === true) {
        printJson({ type: "info", ...facts, ...taken.when !== undefined && { taken } });
      } else print(factLines(facts, text));
    });
  },
};
