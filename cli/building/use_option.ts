/**
 * `--use [before:STEP=|after:STEP=]PLUGIN`.
 * @module
 */

import { provideModule } from "../../host/import_module.ts";
import { loadStep } from "../../loading/load_step.ts";
import { UsageError } from "../../pipeline/build_errors.ts";
import type { Pipeline, Placement } from "../../pipeline/pipeline.ts";
import { plugins } from "./built_in_plugins.ts";

/**
 * The pipeline with a step put in; {@linkcode provideIcecore} comes first.
 * @throws UsageError, PluginError
 */
export async function withUsed(
  pipeline: Pipeline,
  used: string,
): Promise<Pipeline> {
  const { placement, reference } = parseUse(used);
  return pipeline.use(await loadStep(reference, { builtins: plugins }), {}, placement);
}

/** A `--use` in its parts. @throws UsageError `bad-use` */
export function parseUse(
  used: string,
): { readonly placement: Placement | undefined; readonly reference: string } {
  const match = /^(?:(before|after):([^=]*)=)?(.+)$/s.exec(used);
  const [, where, step, reference] = match ?? [];
  if (reference === undefined || step === "" || /^(before|after):[^/]*$/.test(reference)) {
    throw new UsageError(
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

/** Lets modules that are loaded import icecore by its names; most builds load none. */
export async function provideIcecore(): Promise<void> {
  provideModule("icecore", await import("../../mod.ts"));
  provideModule("icecore/read", await import("../../read.ts"));
  provideModule("icecore/plugin", await import("../../plugin.ts"));
}
