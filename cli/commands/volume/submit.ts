/**
 * `icecore volume submit`: the volumes of a plan for workers on any machine.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { argument, command, constant, option } from "@optique/core/primitives";
import { integer, string } from "@optique/core/valueparser";
import { resolve } from "node:path";
import { counted } from "../../../pipeline/words/counted.ts";
import { examples } from "../../arguments/examples.ts";
import { fileValue } from "../../arguments/file_value.ts";
import { EXIT, exitCodes } from "../../exit_codes.ts";
import { common, type CommonValues } from "../../output/common_options.ts";
import { print, printJson } from "../../output/output.ts";
import { targetFolder } from "../../volumes/target_folder.ts";
import { redis, redisPlace, type RedisValues } from "../../volumes/redis_options.ts";

interface SubmitValues extends CommonValues, RedisValues {
  readonly command: "volume";
  readonly action: "submit";
  readonly plan: string;
  readonly to: string | undefined;
  readonly finishOn: string | undefined;
  readonly again: boolean | undefined;
  readonly attempts: number | undefined;
  readonly retryAfter: number | undefined;
}

const ATTEMPTS = 5;
const RETRY_SECONDS = 15;

/** The command. */
export const volumeSubmit = {
  parser: command(
    "submit",
    merge(
      object("What and where", {
        action: constant("submit"),
        plan: argument(fileValue("PLAN"), { description: message`The plan.` }),
        to: optional(option("--to", fileValue("FOLDER", "directory"), {
          description:
            message`Where the volumes go, as the workers see it. Default: the current folder.`,
        })),
        finishOn: optional(option("--finish-on", string({ metavar: "LABEL" }), {
          description:
            message`The host whose worker makes manifest and catalogue. Default: that of the first volume.`,
        })),
        attempts: optional(option("--attempts", integer({ metavar: "N", min: 1, max: 1000 }), {
          description: message`How often a volume is tried. Default: 5.`,
        })),
        retryAfter: optional(option("--retry-after", integer({ metavar: "SECONDS", min: 0 }), {
          description:
            message`The pause before the second try, twice as long before each further one. Default: 15.`,
        })),
        again: optional(option("--again", {
          description:
            message`Submit a plan that is done once more: what is there is looked at, and what is gone is built.`,
        })),
      }),
      redis,
      common,
    ),
    {
      brief: message`Put the volumes of a plan into a queue for workers.`,
      description:
        message`Submitting a plan again does nothing while it is worked on; where volumes failed, it has those built.`,
      footer: examples(
        "Examples:",
        "  icecore volume submit archive.plan --to /backup --redis redis://queue:6379",
        "  ICECORE_REDIS_PASSWORD_FILE=pw icecore volume submit archive.plan --redis rediss://queue:6380",
        "",
        ...exitCodes(),
      ),
    },
  ),
  async run(values: SubmitValues): Promise<number> {
    const place = redisPlace(values);
    const { readPlan } = await import("../../../volumes/plan/read_plan.ts");
    const plan = await readPlan(values.plan);
    const { connectRedis, disconnectRedis } = await import("../../../volumes/queue/redis.ts");
    const { submitPlan } = await import("../../../volumes/queue/submit_plan.ts");
    const connection = await connectRedis(place);
    try {
      const { state, countQueued, countDone } = await submitPlan(connection, {
        plan,
        planPath: resolve(values.plan),
        to: targetFolder(values.to),
        finishOn: values.finishOn,
        again: values.again === true,
        countAttempts: values.attempts ?? ATTEMPTS,
        retrySeconds: values.retryAfter ?? RETRY_SECONDS,
      });
      if (values.json === true) {
        printJson({ type: "submitted", state, plan: plan.digest, countQueued, countDone });
      } else if (state === "submitted") {
        const done = countDone === 0 ? "" : `; ${counted(countDone, "volume")} built already`;
        print(`submitted ${counted(countQueued, "volume")}${done}`);
      } else {
        print(
          state === "running"
            ? "nothing submitted: it is being worked on"
            : "nothing submitted: it is done",
        );
      }
      return EXIT.done;
    } finally {
      disconnectRedis(connection);
    }
  },
};
