/**
 * A limit to how long a step may take: the option `timeout` of every step that was loaded.
 * @module
 */

import { endShellPrograms } from "../host/programs/shell.ts";
import type { OptionSchema } from "../pipeline/options.ts";
import type { Step, StepContext } from "../pipeline/step.ts";
import { counted } from "../pipeline/words/counted.ts";
import { limitedStage } from "./limited_stage.ts";
import { PluginError } from "./plugin_error.ts";
import { StepClock } from "./step_clock.ts";

/** A timer of JavaScript counts milliseconds in 31 bits, and fires at once beyond: 24.8 days. */
export const TIMEOUT_RANGE = { least: 0.001, most: 2_147_483 } as const;

/** The option. */
export const TIMEOUT_OPTION: OptionSchema = {
  type: "number",
  unit: "seconds",
  help: "how long it may take; no limit when absent",
  ...TIMEOUT_RANGE,
};

/** The error of a step that took too long. */
export function timeoutError(step: string, seconds: number): PluginError {
  return new PluginError(
    `it did not end within ${
      counted(seconds, "second")
    }. Look at what it waits for, or set a longer ${step}.timeout.`,
    "timeout",
  );
}

/** The step with the option `timeout`, unless it has one of its own. */
export function withTimeLimit(step: Step): Step {
  if (step.options?.["timeout"] !== undefined) return step;
  const { stream } = step;
  return {
    ...step,
    options: { ...step.options, timeout: TIMEOUT_OPTION },
    async run(image, context) {
      const clock = clockOf(step, context);
      if (clock === undefined) return await step.run(image, context);
      return await clock.limit(() => step.run(image, within(context, clock)));
    },
    ...stream === undefined ? {} : {
      async stream(start, context) {
        const clock = clockOf(step, context);
        if (clock === undefined) return await stream.call(step, start, context);
        const stage = await clock.limit(() => stream.call(step, start, within(context, clock)));
        const isStage = (stage?.sink === undefined) !== (stage?.transform === undefined);
        return isStage ? limitedStage(stage, clock, () => clockOf(step, context)!) : stage;
      },
    },
  };
}

function clockOf(step: Step, { options, workdir }: StepContext): StepClock | undefined {
  const seconds = options["timeout"] as number | undefined;
  if (seconds === undefined) return undefined;
  const clock = new StepClock(seconds, () => timeoutError(step.name, seconds));
  clock.signal.addEventListener("abort", () => endShellPrograms(workdir));
  return clock;
}

/** The rest of the context is looked up in the real one, which loads some of it when asked. */
function within(context: StepContext, clock: StepClock): StepContext {
  const signal = AbortSignal.any([context.signal, clock.signal]);
  return Object.create(context, { signal: { value: signal, enumerable: true } });
}
