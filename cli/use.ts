/**
 * `--use [before:STEP=|after:STEP=]PLUGIN`.
 * @module
 */

import * as icecore from "../mod.ts";
import { plugins } from "./plugins.ts";

/** The pipeline with a step put in. @throws UsageError, PluginError */
export async function withUsed(
  pipeline: icecore.Pipeline,
  used: string,
): Promise<icecore.Pipeline> {
  const { placement, reference } = parseUse(used);
  provideIcecore();
  return pipeline.use(await icecore.loadStep(reference, { builtins: plugins }), placement);
}

/** A `--use` in its parts. @throws UsageError `bad-use` */
export function parseUse(
  used: string,
): { readonly placement: icecore.Placement | undefined; readonly reference: string } {
  const match = /^(?:(before|after):([^=]*)=)?(.+)$/s.exec(used);
  const [, where, step, reference] = match ?? [];
  if (reference === undefined || step === "" || /^(before|after):[^/]*$/.test(reference)) {
    throw new icecore.UsageError(
      `cannot use --use ${used}: it is not of the form PLUGIN, before:STEP=PLUGIN or ` +
        "after:STEP=PLUGIN. For instance: --use after:hash=./upload.ts",
      "bad-use",
    );
  }
  const placement = where === undefined
    ? undefined
    : where === "before"
    ? { before: step! }
    : { after: step! };
  return { placement, reference };
}

/** Lets modules that are loaded import icecore by its name. */
export function provideIcecore(): void {
  icecore.provideModule("icecore", icecore);
}
