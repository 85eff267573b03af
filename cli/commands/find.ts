/**
 * `icecore find`: files of an image by name, size, time and type.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { argument, command, constant, option } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import process from "node:process";
import { PathError } from "../../ext4/reader/path_error.ts";
import { shownLocation } from "../../host/block_source/location.ts";
import { printable } from "../../host/libc/paths.ts";
import { quoted } from "../../image/no_image/shell_words.ts";
import { UsageError } from "../../pipeline/build_errors.ts";
import { examples } from "../arguments/examples.ts";
import {
  imageArgument,
  reading,
  type ReadingValues,
  withImage,
} from "../arguments/image_argument.ts";
import { isGlob } from "../arguments/image_globs.ts";
import { SALVAGED, salvaging, type SalvagingValues } from "../arguments/salvage.ts";
import { exitCodes } from "../exit_codes.ts";
import { conditions } from "../finding/condition_options.ts";
import type { ConditionValues } from "../finding/conditions.ts";
import { briefOf } from "../manual/brief_of.ts";
import { common } from "../output/common_options.ts";

interface FindValues extends ReadingValues, SalvagingValues, ConditionValues {
  readonly command: "find";
  readonly start: string | undefined;
  readonly print0: boolean | undefined;
}

/** The command. */
export const find = {
  parser: command(
    "find",
    merge(
      object("What", {
        command: constant("find"),
        image: imageArgument,
        start: optional(argument(string({ metavar: "PATH" }), {
          description: message`Where in the image to begin. Default: its root.`,
        })),
      }),
      conditions,
      object("How", {
        print0: optional(option("--print0", {
          description: message`Print names as they are, each with a NUL behind, for xargs -0.`,
        })),
      }),
      reading,
      salvaging,
      common,
    ),
    {
      brief: briefOf("find"),
      description:
        message`Prints the paths below PATH that meet all conditions, folder by folder in the order of bytes.`,
      footer: examples(
        "Examples:",
        "  icecore find photos.img --name '*.jpg' --size +10M",
        "  icecore find photos.img /photos --path '**/2024/**' --newer 2024-05-01 --json",
        "  icecore find https://backup.example.org/photos.img --type l",
        "",
        ...exitCodes({ lossy: SALVAGED }),
      ),
    },
  ),
  async run(values: FindValues): Promise<number> {
    const { conditionOf } = await import("../finding/conditions.ts");
    const { findPaths } = await import("../finding/find_paths.ts");
    const condition = conditionOf(values);
    const format = values.json === true ? "json" : values.print0 === true ? "nul" : "lines";
    if (format === "nul" && process.stdout.isTTY === true) {
      throw new UsageError(
        "cannot print names as they are to a terminal: they may hold commands for it. " +
          "Pipe them into a program, or leave --print0 out.",
        "terminal",
      );
    }
    return await withImage(values, async (image, leftOut) => {
      try {
        await findPaths(image, leftOut, values.start ?? "/", condition, format);
      } catch (error) {
        throw withNameHint(error, values);
      }
    });
  },
};

/** Whoever names one file, and no folder to begin at, wants to find that. */
function withNameHint(error: unknown, { image, start = "/" }: FindValues): unknown {
  const isName = error instanceof PathError && error.code === "no-such-path" &&
    (isGlob(start) || !start.includes("/"));
  if (!isName) return error;
  const option = start.includes("/") ? "--path" : "--name";
  const line = `icecore find ${quoted(shownLocation(image))} ${option} ${quoted(printable(start))}`;
  return new PathError(
    "no-such-path",
    start,
    `cannot begin at ${printable(start)}: the image has no such path. To find what is called so: ` +
      line,
  );
}
