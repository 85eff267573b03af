/**
 * A step out of a TypeScript or JavaScript module, loaded while icecore runs.
 * @module
 */

import { placeOfMistake } from "../host/error_place.ts";
import { canLoadModules, importModule, loadFailure } from "../host/import_module.ts";
import { printable } from "../host/libc/paths.ts";
import { hideVariables } from "../host/programs/hidden_variables.ts";
import { messageOf, UsageError } from "../pipeline/build_errors.ts";
import type { Image } from "../pipeline/image.ts";
import type { Step, StepContext } from "../pipeline/step.ts";
import { checkShape } from "../pipeline/step_shape.ts";
import { PluginError } from "./plugin_error.ts";
import { withTimeLimit } from "./time_limit.ts";

/** The default export of a module. @param shown The module as the user named it. */
export async function defaultExport(path: string, shown: string): Promise<unknown> {
  let loaded: Readonly<Record<string, unknown>>;
  // It is run when it is loaded, and may start programs then.
  hideVariables();
  try {
    loaded = await importModule(path);
  } catch (error) {
    if (!canLoadModules()) throw notCompiledIn(shown, error);
    throw new PluginError(
      `cannot load ${shown}: ${
        loadFailure(error)
      }. Correct the module; it is run when it is loaded.`,
      "bad-module",
      { cause: error },
    );
  }
  if (loaded["default"] !== undefined) return loaded["default"];
  const names = Object.keys(loaded).filter((name) => name !== "default");
  throw new UsageError(
    `cannot use ${shown}: it has no default export` +
      `${names.length === 0 ? "" : `, only ${names.join(", ")}`}. ` +
      "End it with: export default { … } satisfies Step;",
    "no-default-export",
  );
}

/** The step that is a module's default export. @throws UsageError, PluginError */
export async function moduleStep(path: string, shown: string): Promise<Step> {
  const step = await defaultExport(path, shown);
  try {
    checkShape(step);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const hint = typeof step === "function"
      ? "it exports a function, not a step. Export { name, run } instead."
      : `${error.message.replace(/^cannot use (a )?step /, "its step ")}`;
    throw new UsageError(`cannot use ${shown}: ${hint}`, "bad-step", { cause: error });
  }
  return withTimeLimit({
    ...step,
    run: (image, context) => placed(step, path, image, context),
    async preview(image, context) {
      const module = { label: "module", value: `${printable(path)}, run to load it` };
      return [module, ...await step.preview?.(image, context) ?? []];
    },
  });
}

/** Runs the step; for a mistake in it, the error names the line. */
async function placed(
  step: Step,
  path: string,
  image: Image,
  context: StepContext,
): Promise<Image | void> {
  try {
    return await step.run(image, context);
  } catch (error) {
    const place = placeOfMistake(error, path);
    if (place === undefined) throw error;
    const message = `${messageOf(error)}, at ${place}. Correct the module.`;
    throw new PluginError(message, "broken-module", { cause: error });
  }
}

function notCompiledIn(shown: string, cause: unknown): PluginError {
  return new PluginError(
    `cannot load ${shown}: this executable was made with Deno, which loads no modules but those ` +
      "compiled in. Compile your own with ./compile.sh MY_PIPELINE.ts, use an executable made " +
      "with --runtime bun, or run from source: deno run -A main.ts build …",
    "not-compiled-in",
    { cause },
  );
}
