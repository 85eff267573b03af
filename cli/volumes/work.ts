/**
 * What a worker does, and prints.
 * @module
 */

import { resolve } from "node:path";
import { printable } from "../../host/libc/paths.ts";
import { InterruptedError, messageOf } from "../../pipeline/build_errors.ts";
import { counted } from "../../pipeline/words/counted.ts";
import type { Plan } from "../../volumes/plan/plan.ts";
import { connectRedis, disconnectRedis } from "../../volumes/queue/redis.ts";
import { type ChildEnd, runChild } from "../../volumes/queue/run_child.ts";
import type { FinishSet } from "../../volumes/queue/set_job.ts";
import { type WorkEvent, workQueue } from "../../volumes/queue/work_queue.ts";
import { sealSet } from "../../volumes/set/seal_set.ts";
import { checkCurrentFolder } from "../arguments/check_arguments.ts";
import { EXIT } from "../exit_codes.ts";
import { interruptible } from "../interruptible.ts";
import type { CommonValues } from "../output/common_options.ts";
import { note, print, printJson } from "../output/output.ts";
import { howArgs, type HowValues } from "./how_options.ts";
import { redisPlace, type RedisValues } from "./redis_options.ts";
import { targetFolder } from "./target_folder.ts";

/** The values of the command. */
export interface WorkValues extends CommonValues, HowValues, RedisValues {
  readonly command: "volume";
  readonly action: "work";
  readonly parallel: number | undefined;
  readonly hostLabel: string | undefined;
  readonly plan: string | undefined;
  readonly to: string | undefined;
  readonly untilEmpty: boolean | undefined;
  readonly lostAfter: number | undefined;
}

const LOST_AFTER_SECONDS = 30;

/** @returns The exit code. */
export async function work(values: WorkValues): Promise<number> {
  checkCurrentFolder();
  const place = redisPlace(values);
  const args = howArgs(values);
  const { plan, to } = values;
  let countFailed = 0;
  const say = (text: string) => {
    if (values.json !== true) note(`icecore: ${text}`);
  };
  return await interruptible(async (signal) => {
    const connection = await connectRedis(place, {
      onLost: (why) => say(`the connection to Redis is lost (${why}); it is tried again`),
      onBack: () => say("the connection to Redis is back"),
    });
    try {
      await workQueue({
        redis: connection,
        host: values.hostLabel ?? "",
        countAtOnce: values.parallel ?? 1,
        lostAfterMs: (values.lostAfter ?? LOST_AFTER_SECONDS) * 1000,
        untilEmpty: values.untilEmpty === true,
        plan: plan === undefined ? undefined : resolve(plan),
        to: to === undefined ? undefined : targetFolder(to),
        build: (plan, index, to, signal, onProgress) =>
          buildInChild(plan, index, to, args, signal, onProgress),
        finishing: finishInChildren,
        onEvent(event) {
          if (event.kind === "failed" && !event.isTriedAgain) countFailed++;
          report(values, event);
        },
      }, signal);
    } finally {
      disconnectRedis(connection);
    }
    if (signal.aborted) {
      throw signal.reason instanceof Error ? signal.reason : new InterruptedError(undefined);
    }
    return values.untilEmpty === true && countFailed > 0 ? EXIT.failed : EXIT.done;
  });
}

async function buildInChild(
  plan: string,
  index: number,
  to: string,
  args: readonly string[],
  signal: AbortSignal,
  onProgress: (progress: object) => void,
): Promise<ChildEnd> {
  const argv = ["volume", "build", plan, "--index", `${index}`, "--to", to, ...args];
  return await runChild(argv, signal, (line) => {
    if (line.type !== "progress") return;
    const { step, done, total, unit } = line;
    onProgress({ step, done, total, unit });
  });
}

function finishInChildren(signal: AbortSignal): FinishSet {
  const run = async (args: readonly string[]) => {
    const { exitCode, message } = await runChild(args, signal);
    if (exitCode !== 0) throw new Error(message || `${args[1]} ended with ${exitCode}`);
  };
  return {
    async seal(plan: Plan, folder: string) {
      const sealed = await sealSet(plan, folder);
      if (!sealed.isSealed) throw new Error("a volume went missing while the set was finished");
      await run(["volume", "verify", sealed.path]);
    },
    index: (images, catalogue) => run(["volume", "index", ...images, "-o", catalogue, "--force"]),
  };
}

function report(values: WorkValues, event: WorkEvent): void {
  if (values.json === true) {
    const { kind, ...fields } = event;
    printJson({ type: "work", event: kind, ...fields });
    return;
  }
  const name = "name" in event ? printable(event.name) : "";
  switch (event.kind) {
    case "begun":
      if (values.verbose === true) note(`icecore: building ${name}`);
      return;
    case "built":
      return print(`built ${name}`);
    case "lossy":
      return print(`built ${name}, with losses`);
    case "given-back":
      return note(`icecore: ${name} was given back`);
    case "failed": {
      const then = event.isTriedAgain ? "; it is tried again" : "";
      return note(`icecore: ${name} failed${then}: ${printable(event.why)}`);
    }
    case "finished": {
      const { countVolumes, lossy, catalogue } = event.result;
      const losses = lossy.length === 0 ? "" : `, with losses: ${printable(lossy.join(", "))}`;
      return print(
        `finished ${name}: ${counted(countVolumes, "volume")}, catalogue ${
          printable(catalogue)
        }${losses}`,
      );
    }
    case "trouble":
      return note(`icecore: ${messageOf(new Error(printable(event.why)))}`);
  }
}
