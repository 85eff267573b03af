/**
 * `icecore volume status`: how far a plan is, or how full the queues are.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { argument, command, constant, option } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { printable } from "../../../host/libc/paths.ts";
import { examples } from "../../arguments/examples.ts";
import { fileValue } from "../../arguments/file_value.ts";
import { EXIT, exitCodes } from "../../exit_codes.ts";
import { common, type CommonValues } from "../../output/common_options.ts";
import { print, printJson } from "../../output/output.ts";
import type { PlanStatus, QueueStatus } from "../../../volumes/queue/queue_status.ts";
import { redis, redisPlace, type RedisValues } from "../../volumes/redis_options.ts";

interface StatusValues extends CommonValues, RedisValues {
  readonly command: "volume";
  readonly action: "status";
  readonly plan: string | undefined;
  readonly finishOn: string | undefined;
}

/** The command. */
export const volumeStatus = {
  parser: command(
    "status",
    merge(
      object("What", {
        action: constant("status"),
        plan: optional(argument(fileValue("PLAN"), {
          description: message`A plan that was submitted. Default: how full the queues are.`,
        })),
        finishOn: optional(option("--finish-on", string({ metavar: "LABEL" }), {
          description: message`The host on which the set is finished, if it was named to submit.`,
        })),
      }),
      redis,
      common,
    ),
    {
      brief: message`Print how far a plan is in the queue.`,
      description:
        message`Prints how many volumes are done, being built, waiting and failed, names those that failed, and says what is to be done.`,
      footer: examples(
        "Examples:",
        "  icecore volume status archive.plan --redis redis://queue:6379",
        "  icecore volume status --redis redis://queue:6379 --json",
        "",
        ...exitCodes({ failed: "failed, or volumes of the plan did" }),
      ),
    },
  ),
  async run(values: StatusValues): Promise<number> {
    const place = redisPlace(values);
    const { readPlan } = await import("../../../volumes/plan/read_plan.ts");
    const plan = values.plan === undefined ? undefined : await readPlan(values.plan);
    const { connectRedis, disconnectRedis } = await import("../../../volumes/queue/redis.ts");
    const { planStatus, queueStatus } = await import("../../../volumes/queue/queue_status.ts");
    const connection = await connectRedis(place);
    try {
      if (plan === undefined) {
        for (const queue of await queueStatus(connection)) printQueue(queue, values);
        return EXIT.done;
      }
      const status = await planStatus(connection, plan, values.finishOn);
      printPlan(status, values);
      return status.set.state === "failed" ? EXIT.failed : EXIT.done;
    } finally {
      disconnectRedis(connection);
    }
  },
};

function printQueue(queue: QueueStatus, { json }: CommonValues): void {
  if (json === true) return printJson({ type: "queue", ...queue });
  const { host, countWaiting, countActive, countDone, countFailed, countWorkers } = queue;
  print(
    `${host === "" ? "volumes" : `volumes of ${printable(host)}`}: ${countWaiting} waiting, ` +
      `${countActive} being built, ${countDone} done, ${countFailed} failed; ` +
      `${countWorkers} workers`,
  );
}

function printPlan({ volumes, set }: PlanStatus, { json }: CommonValues): void {
  if (json === true) {
    for (const volume of volumes) printJson({ type: "volume-status", ...volume });
    return printJson({ type: "set-status", ...set });
  }
  const of = (state: string) => volumes.filter((volume) => volume.state === state);
  for (const { name, worker } of of("active")) {
    print(
      `${printable(name)}: being built${worker === undefined ? "" : ` by ${printable(worker)}`}`,
    );
  }
  for (const { name, why } of of("failed")) {
    print(`${printable(name)}: failed: ${printable(why ?? "")}`);
  }
  const unknown = of("unknown").length;
  print(
    `${of("done").length} of ${volumes.length} done, ${of("active").length} being built, ` +
      `${of("waiting").length} waiting, ${of("failed").length} failed` +
      (unknown === 0 ? "" : `, ${unknown} not in the queue`),
  );
  if (set.state === "done") print("the set is complete");
  else if (set.state === "failed") print(`the set is not complete: ${printable(set.why ?? "")}`);
  else if (set.state === "unknown") print("submit the plan: the queue does not have it");
}
