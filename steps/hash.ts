/**
 * `hash`: writes the image's digest beside it, in the format of `sha512sum`.
 * @module
 */

import { writeFile } from "node:fs/promises";
import { ALGORITHMS, digestFile } from "../host/digest.ts";
import { explainWrite } from "../host/write_error.ts";
import { type Image, withArtifact } from "../pipeline/image.ts";
import { formatDigestLine } from "../pipeline/side_file.ts";
import type { Step, StepContext } from "../pipeline/step.ts";

/** Hashes the image, unless `pack` has already, and writes the side file. */
export const hash: Step = {
  name: "hash",
  summary: "write its digest beside it, for sha512sum -c",
  accepts: ["formatted", "unmounted", "sealed"],
  shell: false,
  passive: true,
  options: {
    algorithm: {
      type: "string",
      help: "the digest's algorithm",
      choices: ALGORITHMS,
      default: "sha512",
    },
  },
  async run(image: Image, context: StepContext): Promise<Image> {
    const algorithm = context.options["algorithm"] as string;
    const digest = image.digests[algorithm] ?? await digestOf(image, algorithm, context);
    const hashed = { ...image, digests: { ...image.digests, [algorithm]: digest } };
    if (image.path === "-") return hashed;
    const finalPath = `${image.finalPath}.${algorithm}`;
    const path = `${finalPath}.partial`;
    const line = `${formatDigestLine({ digest, name: image.name })}\n`;
    await writeFile(path, line).catch((error) => {
      throw explainWrite(finalPath, error);
    });
    const others = image.artifacts.filter((artifact) => artifact.kind !== algorithm);
    const sizeBytes = line.length;
    return withArtifact({ ...hashed, artifacts: others }, {
      kind: algorithm,
      path,
      finalPath,
      sizeBytes,
    });
  },
};

function digestOf(image: Image, algorithm: string, context: StepContext): Promise<string> {
  return digestFile(image.path, algorithm, context.signal, (done) => {
    context.emit({ type: "progress", done, total: image.sizeBytes, unit: "bytes" });
  });
}
