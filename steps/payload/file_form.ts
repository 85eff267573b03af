/**
 * The form of a streaming step for a payload that lies in a file already.
 * @module
 */

import { rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { DigestThread } from "../../host/digests/digest_thread.ts";
import { EnvironmentError } from "../../host/environment_error.ts";
import { createFile } from "../../host/files/create_file.ts";
import { ReleaseError } from "../../pipeline/build_errors.ts";
import { type ByteStage, takerOf } from "../../pipeline/byte_stage.ts";
import {
  type Artifact,
  type Image,
  type Payload,
  payloadOf,
  withArtifact,
} from "../../pipeline/image.ts";
import { PayloadSideFile } from "../../pipeline/payload_side_file.ts";
import type { Step, StepContext } from "../../pipeline/step.ts";

/** Read in pieces of this size. */
const PIECE_BYTES = 2 ** 20;

/**
 * The `run` of a step that has a streaming form: reads the payload's file, and hands it to the
 * stage. What a transform makes lies beside the image, and is the payload from then on.
 *
 * ```ts
 * import type { Step } from "icecore";
 * import { fileForm } from "icecore/plugin";
 *
 * const gzip: NonNullable<Step["stream"]> = ({ name }) => ({
 *   transform: new CompressionStream("gzip"),
 *   name: `${name}.gz`,
 * });
 * export const step: Step = { name: "gzip", after: "hash", stream: gzip, run: fileForm("gzip", gzip) };
 * ```
 *
 * @param kind What the artifact is called, e.g. `age`.
 */
export function fileForm(kind: string, stream: NonNullable<Step["stream"]>): Step["run"] {
  return async (image, context) => {
    const payload = payloadOf(image);
    if (payload.path === "-") throw nowhere(payload);
    const { name, sizeBytes } = payload;
    const stage = await stream({ name, sizeBytes }, context);
    try {
      const bytes = readPayload(payload, context);
      if (stage.sink !== undefined) {
        await bytes.pipeTo(stage.sink);
        return await stage.finish?.(image, payload) ?? image;
      }
      const { made, line } = await storeBeside(image, bytes, stage, context);
      try {
        const finished = await stage.finish?.(image, payload) ?? image;
        const withFile = withArtifact({ ...finished, payload: made }, {
          kind,
          path: made.path,
          finalPath: made.path.replace(/\.partial$/, ""),
          sizeBytes: made.sizeBytes,
        });
        return withArtifact(withFile, line);
      } catch (error) {
        for (const { path } of [made, line]) rmSync(path, { force: true });
        throw error;
      }
    } catch (error) {
      await Promise.resolve(stage.abort?.(error)).catch((undo) => {
        throw new ReleaseError([undo], { cause: error });
      });
      throw error;
    }
  };
}

function nowhere({ name }: Payload): EnvironmentError {
  return new EnvironmentError(
    `cannot read ${name}: it was streamed on and lies nowhere here. ` +
      "Put the step directly behind the one that makes it.",
    "no-payload",
  );
}

/** The payload's bytes, with progress reported. */
function readPayload(payload: Payload, context: StepContext): ReadableStream<Uint8Array> {
  const { signal, emit } = context;
  async function* pieces(): AsyncGenerator<Uint8Array> {
    const handle = await open(payload.path, "r");
    try {
      for (let done = 0;;) {
        signal.throwIfAborted();
        const piece = new Uint8Array(PIECE_BYTES);
        const { bytesRead } = await handle.read(piece, 0, PIECE_BYTES, done);
        if (bytesRead === 0) return;
        done += bytesRead;
        yield piece.subarray(0, bytesRead);
        emit({ type: "progress", done, total: payload.sizeBytes, unit: "bytes" });
      }
    } finally {
      await handle.close();
    }
  }
  const reading = pieces();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await reading.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await reading.return(undefined);
    },
  });
}

/** Writes what a transform makes to a file beside the image, with a side file; a failure removes both. */
async function storeBeside(
  image: Image,
  bytes: ReadableStream<Uint8Array>,
  stage: ByteStage,
  context: StepContext,
): Promise<{ readonly made: Payload; readonly line: Artifact }> {
  const { transform, name } = stage;
  if (transform === undefined) throw new TypeError("a streaming form has a transform or a sink");
  const made = name ?? `${payloadOf(image).name}.transformed`;
  const path = context.beside(made);
  const file = createFile(path, context.force, context.fileMode);
  const sideFile = PayloadSideFile.begin(made, context, createFile);
  const hash = new DigestThread(context.digestAlgorithm);
  let sizeBytes = 0;
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    async transform(piece, controller) {
      await hash.update(piece);
      sizeBytes += piece.length;
      controller.enqueue(piece);
    },
  });
  const feeding = bytes.pipeTo(takerOf(stage)!);
  const storing = transform.readable.pipeThrough(counted).pipeTo(file);
  const results = await Promise.allSettled([feeding, storing]);
  // What the transform failed with comes out of its readable; its writable fails with what the source did.
  const failed = results.findLast((result) => result.status === "rejected");
  if (failed?.status === "rejected") {
    hash.close();
    await sideFile.abort();
    rmSync(path, { force: true });
    throw failed.reason;
  }
  const digest = await hash.digest();
  const digests = { [context.digestAlgorithm]: digest };
  const line = await sideFile.finish(digest);
  return { made: { path, name: made, sizeBytes, digests }, line };
}
