/**
 * The side file of what a step made of the image: its name is claimed before the first byte, so that
 * one that is there is refused in time, and its line is written when the digest is known.
 * @module
 */

import type { Artifact } from "./image.ts";
import type { Machine } from "./machine.ts";
import { formatDigestLine } from "./side_file.ts";
import type { StepContext } from "./step.ts";

/** A side file that is being made. */
export class PayloadSideFile {
  private constructor(
    private readonly name: string,
    private readonly algorithm: string,
    private readonly path: string,
    private readonly stream: WritableStream<Uint8Array>,
  ) {}

  /** @param name The file that it is about, e.g. `photos.img.age`. @throws as `createFile` does. */
  static begin(
    name: string,
    { beside, digestAlgorithm, force, fileMode }: Pick<
      StepContext,
      "beside" | "digestAlgorithm" | "force" | "fileMode"
    >,
    createFile: Machine["createFile"],
  ): PayloadSideFile {
    const path = beside(`${name}.${digestAlgorithm}`);
    return new PayloadSideFile(name, digestAlgorithm, path, createFile(path, force, fileMode));
  }

  /** Writes its line. @param digest Of the file, in hex. */
  async finish(digest: string): Promise<Artifact> {
    const { name, algorithm, path } = this;
    const line = new TextEncoder().encode(`${formatDigestLine({ digest, name })}\n`);
    const writer = this.stream.getWriter();
    await writer.write(line);
    await writer.close();
    const finalPath = path.replace(/\.partial$/, "");
    return { kind: algorithm, path, finalPath, sizeBytes: line.length };
  }

  /** Removes it. */
  async abort(): Promise<void> {
    await this.stream.abort();
  }
}
