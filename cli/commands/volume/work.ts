/**
 * `icecore volume work`: builds volumes out of a queue.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { command, constant, option } from "@optique/core/primitives";
import { integer, string } from "@optique/core/valueparser";
import { examples } from "../../arguments/examples.ts";
import { fileValue } from "../../arguments/file_value.ts";
import { exitCodes } from "../../exit_codes.ts";
import { common } from "../../output/common_options.ts";
import { how } from "../../volumes/how_options.ts";
import { redis } from "../../volumes/redis_options.ts";
import { TO_S3 } from "../../volumes/target_folder.ts";
import type { WorkValues } from "../../volumes/work.ts";

/** The command. */
export const volumeWork = {
  parser: command(
    "work",
    merge(
      object("What and where", {
        action: constant("work"),
        parallel: optional(option("-j", "--parallel", integer({ metavar: "N", min: 1, max: 256 }), {
          description: message`How many volumes are built at a time. Default: 1.`,
        })),
        hostLabel: optional(option("--host-label", string({ metavar: "LABEL" }), {
          description: message`Build the volumes of the host of this label.`,
        })),
        plan: optional(option("--plan", fileValue("PLAN"), {
          description:
            message`Where the plan is here. Default: the path at which it was submitted.`,
        })),
        to: optional(option("--to", fileValue("FOLDER", "directory"), {
          description: message`Where the volumes go. Default: what was submitted.`,
        })),
        untilEmpty: optional(option("--until-empty", {
          description: message`End when nothing is left to be built, instead of waiting for more.`,
        })),
        lostAfter: optional(option("--lost-after", integer({ metavar: "SECONDS", min: 1 }), {
          description:
            message`A worker without a sign of life for so long has lost its volumes to others. The same for all workers. Default: 30.`,
        })),
      }),
      how,
      redis,
      common,
    ),
    {
      brief: message`Build volumes out of a queue.`,
      description:
        message`Takes volumes that were submitted and builds each in a process of its own, until Ctrl-C, which gives back what is not finished. How volumes are built is said here, as to volume build: the queue knows nothing secret. The worker of the last volume writes the manifest, checks the set, and makes the catalogue.`,
      footer: examples(
        "Examples:",
        "  icecore volume work --redis redis://queue:6379",
        "  icecore volume work --redis redis://queue:6379 --host-label web1 -j 2 --until-empty",
        "",
        ...TO_S3,
        "",
        ...exitCodes({ failed: "failed, or with --until-empty a volume or a set did" }),
      ),
    },
  ),
  async run(values: WorkValues): Promise<number> {
    const { work } = await import("../../volumes/work.ts");
    return await work(values);
  },
};
