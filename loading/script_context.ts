/**
 * What a script receives: environment variables, and one JSON document.
 * @module
 */

import { type Image, payloadOf } from "../pipeline/image.ts";
import type { OptionValue, OptionValues } from "../pipeline/options.ts";
import type { StepContext } from "../pipeline/step.ts";
import { upperCase } from "../pipeline/variable_names.ts";

/** Where a script puts a file that it makes beside the image, until the build is done. */
function besidePath(step: string, image: Image, context: StepContext): string {
  return image.finalPath === "-" ? "" : context.beside(`${image.name}.${step}`);
}

/** The environment variables. Absent values are empty, so that `set -u` does no harm. */
export function scriptEnvironment(
  step: string,
  image: Image,
  context: StepContext,
): Record<string, string> {
  const payload = payloadOf(image);
  const [algorithm = "", digest = ""] = Object.entries(image.digests).at(-1) ?? [];
  return {
    ICECORE_STEP: step,
    ICECORE_IMAGE: image.path,
    ICECORE_NAME: image.name,
    ICECORE_FINAL: image.finalPath,
    ICECORE_SIZE_BYTES: String(image.sizeBytes),
    ICECORE_PHASE: image.phase,
    ICECORE_MOUNTPOINT: image.mountpoint ?? "",
    ICECORE_DIGEST: digest,
    ICECORE_DIGEST_ALGORITHM: algorithm,
    ICECORE_PAYLOAD: payload.path,
    ICECORE_PAYLOAD_NAME: payload.name,
    ICECORE_BESIDE: besidePath(step, image, context),
    ICECORE_SOURCE: context.sources.join("\n"),
    ...optionVariables(context.options),
  };
}

/** `ICECORE_OPT_STORAGE_CLASS` for the option `storageClass`; a list has one value a line. */
function optionVariables(options: OptionValues): Record<string, string> {
  return Object.fromEntries(
    Object.entries(options)
      .filter((entry): entry is [string, OptionValue] => entry[1] !== undefined)
      .map(([name, value]) => [`ICECORE_OPT_${upperCase(name)}`, [value].flat().join("\n")]),
  );
}

/** The document: the image as a step sees it, and the rest of the context. */
export function scriptDocument(step: string, image: Image, context: StepContext): string {
  const { options, sources, output, workdir } = context;
  const beside = besidePath(step, image, context);
  const payload = payloadOf(image);
  return JSON.stringify({ step, image, payload, beside, options, sources, output, workdir });
}
