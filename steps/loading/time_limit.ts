/**
 * A limit to how long a step may take: the option `timeout` of every step that was loaded.
 * @module
 */

import { setTimeout } from "node:timers";
import { endShellPrograms } from "../../host/shell.ts";
import { counted } from "../../pipeline/counted.ts";
import type { OptionSchema } from "../../pipeline/options.ts";
import type { Image } from "../../pipeline/image.ts";
import type { Step, StepContext } from "../../pipeline/step.ts";
import { PluginError } from "./plugin_error.ts";

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
  return {
    ...step,
    options: { ...step.options, timeout: TIMEOUT_OPTION },
    run: (image, context) => limited(step, image, context),
  };
}

async function limited(step: Step, image: Image, context: StepContext): Promise<Image | void> {
  const seconds = context.options["timeout"] as number | undefined;
  if (seconds === undefined) return await step.run(image, context);
  const expiry = new AbortController();
  const signal = AbortSignal.any([context.signal, expiry.signal]);
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = timeoutError(step.name, seconds);
    expiry.abort(error);
    endShellPrograms(context.workdir);
    reject(error);
  }, seconds * 1000);
  try {
    // The rest of the context is looked up in the real one, which loads some of it when asked.
    const within = Object.create(context, { signal: { value: signal, enumerable: true } });
    return await Promise.race([promise, step.run(image, within as StepContext)]);
  } finally {
    clearTimeout(timer);
  }
}
