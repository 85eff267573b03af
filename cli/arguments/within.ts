/**
 * Which stretch of a file is the image: `--partition` and `--image-offset`.
 * @module
 */

import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import { integer, string } from "@optique/core/valueparser";
import type { OpenImageOptions } from "../../image/image_reader.ts";
import { parseSize } from "../../pipeline/words/size.ts";

const partition = optional(option("--partition", integer({ metavar: "N", min: 1 }), {
  description:
    message`Of a whole disk, the partition that is the image. Default: the only one of ext2, ext3 or ext4.`,
}));

/** The option of a command that reads several images, as a parser to be merged into its own. */
export const partitions = object("Whole disks", { partition });

/** The options, as a parser to be merged into a command's. */
export const within = object("Whole disks", {
  partition,
  imageOffset: optional(option("--image-offset", string({ metavar: "SIZE" }), {
    description: message`Where in the file the image begins, such as 1M.`,
  })),
});

/** Their values. */
export interface WithinValues {
  readonly partition: number | undefined;
  readonly imageOffset?: string | undefined;
}

/** The options as `openImage` takes them. */
export function withinOptions(
  { partition, imageOffset }: WithinValues,
): Pick<OpenImageOptions, "partition" | "imageOffsetBytes"> {
  return {
    ...(partition === undefined ? {} : { partition }),
    ...(imageOffset === undefined
      ? {}
      : { imageOffsetBytes: parseSize(imageOffset, "--image-offset", 0) }),
  };
}
