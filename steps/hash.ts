/**
 * `hash`: writes the image's digest beside it, in the format of `sha512sum`.
 * @module
 */

import { ALGORITHMS, digestFile } from "../host/digests/file_digest.ts";
import { writeNew } from "../host/files/open_new.ts";
import { explainWrite } from "../host/files/write_error.ts";
import { UsageError } from "../pipeline/build_errors.ts";
import { type Image, withArtifact } from "../pipeline/image.ts";
import type { OptionsSchema } from "../pipeline/options.ts";
import { formatDigestLine } from "../pipeline/side_file.ts";
import { defineStep, type Step, type StepContext } from "../pipeline/step.ts";

const encoder = new TextEncoder();

const options = {
  algorithm: {
    type: "string",
    help: "the digest's algorithm",
    choices: ALGORITHMS,
    default: "sha512",
  },
} as const satisfies OptionsSchema;

/** Hashes the image, unless `pack` has already, and writes the side file. */
export const hash: Step = defineStep({
  name: "hash",
  summary: "write its digest beside it, for sha512sum -c",
  accepts: ["formatted", "unmounted", "sealed"],
  digests: true,
  shell: false,
  passive: true,
  options,
  async run(image, context): Promise<Image> {
    const algorithm = context.options.algorithm;
    const digest = image.digests[algorithm] ?? await digestOf(image, algorithm, context);
    const hashed = { ...image, digests: { ...image.digests, [algorithm]: digest } };
    if (image.path === "-") return hashed;
    const finalPath = `${image.finalPath}.${algorithm}`;
    const path = `${finalPath}.partial`;
    const line = encoder.encode(`${formatDigestLine({ digest, name: image.name })}\n`);
    await writeNew(path, line, context.fileMode).catch((error) => {
      throw explainWrite(finalPath, error);
    });
    const others = image.artifacts.filter((artifact) => artifact.finalPath !== finalPath);
    const sizeBytes = line.length;
    return withArtifact({ ...hashed, artifacts: others }, {
      kind: algorithm,
      path,
      finalPath,
      sizeBytes,
    });
  },
});

function digestOf(image: Image, algorithm: string, context: StepContext): Promise<string> {
  if (image.path === "-") throw streamIsGone(image, algorithm);
  return digestFile(image.path, algorithm, context.signal, (done) => {
    context.emit({ type: "progress", done, total: image.sizeBytes, unit: "bytes" });
  });
}

function streamIsGone({ digests }: Image, algorithm: string): UsageError {
  const made = Object.keys(digests).join(", ");
  const how = made === "" ? "it was not hashed" : `it was hashed as ${made}`;
  return new UsageError(
    `cannot make a ${algorithm} of an image that went to stdout: ${how} while it was written. ` +
      "Set the same algorithm for pack and hash.",
    "stream-is-gone",
  );
}
