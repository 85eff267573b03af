/**
 * `zstd`: compresses the image into independent frames, with a table of them at the end: programs
 * that know it read at any place, and `zstd -d` unpacks all.
 *
 * Format: https://github.com/facebook/zstd/blob/dev/contrib/seekable_format/zstd_seekable_compression_format.md
 * @module
 */

import { promisify } from "node:util";
import { constants, zstdCompress } from "node:zlib";
import {
  type ByteStage,
  defineStep,
  EnvironmentError,
  type OptionsSchema,
  type Step,
  UsageError,
} from "../mod.ts";
import { fileForm } from "../plugin.ts";
import { readFrameHeader } from "./zstd/frame_header.ts";

const compress = promisify(zstdCompress);

/** The most a frame may hold: it is unpacked as a whole by whoever reads in place. */
const MOST_FRAME_BYTES = 2 ** 27;
/** The most frames, by the format. */
const MOST_FRAMES = 0x8000000;
const SKIPPABLE_MAGIC = 0x184d2a5e;
const SEEKABLE_MAGIC = 0x8f92eab1;

const options = {
  level: {
    type: "number",
    help: "1 is fast, 19 is small, 22 needs much memory",
    least: 1,
    most: 22,
    whole: true,
    default: 3,
  },
  frameSize: {
    type: "size",
    help: "bytes that are compressed on their own; smaller ones are read sooner",
    least: 1024,
    most: MOST_FRAME_BYTES,
    default: 2 * 2 ** 20,
  },
} as const satisfies OptionsSchema;

/** A frame: its bytes in the file, and what they unpack to. */
export interface Frame {
  readonly compressedBytes: number;
  readonly plainBytes: number;
}

const stream: NonNullable<Step<typeof options>["stream"]> = ({ name }, { options }): ByteStage => ({
  transform: seekable(options.level, options.frameSize),
  name: `${name}.zst`,
});

/** Compresses what is to be kept elsewhere; the image itself stays as it is. */
const zstd = defineStep({
  name: "zstd",
  summary: "compress it into a seekable .zst",
  after: "hash",
  accepts: ["sealed", "unmounted", "formatted"],
  shell: false,
  transforms: true,
  reads: "payload",
  options,
  check({ output }) {
    if (output === "-") {
      throw new UsageError(
        "cannot compress an image that goes to stdout: there is no file to lay the compressed one " +
          "beside. Name one, or pipe the image to the program zstd.",
        "cannot-stream",
      );
    }
  },
  stream,
  run: fileForm("zstd", stream),
});

export default zstd;

/** Cuts what comes into frames, compresses each, and ends with the table of them. */
export function seekable(
  level: number,
  frameBytes: number,
): ReadableWritablePair<Uint8Array, Uint8Array> {
  const frames: Frame[] = [];
  let frame = new Uint8Array(frameBytes);
  let used = 0;
  type Out = TransformStreamDefaultController<Uint8Array>;
  const flush = async (out: Out) => {
    const plain = frame.subarray(0, used);
    const compressed = await compressFrame(plain, level);
    checkFrame(compressed, used);
    out.enqueue(compressed);
    frames.push({ compressedBytes: compressed.length, plainBytes: used });
    used = 0;
    // Some runtimes compress on this thread: let Ctrl-C and progress through.
    await new Promise<void>((resolve) => setImmediate(resolve));
  };
  return new TransformStream<Uint8Array, Uint8Array>({
    async transform(bytes, out) {
      for (let rest = bytes; rest.length > 0;) {
        const piece = rest.subarray(0, frameBytes - used);
        frame.set(piece, used);
        used += piece.length;
        rest = rest.subarray(piece.length);
        if (used === frameBytes) await flush(out);
      }
    },
    async flush(out) {
      if (used > 0 || frames.length === 0) await flush(out);
      frame = new Uint8Array(0);
      out.enqueue(seekTable(frames));
    },
  });
}

/** An empty frame with its checksum, as a runtime may put one behind what it was to compress. */
const EMPTY_FRAME = Buffer.from("28b52ffd240001000099e9d851", "hex");

/** One frame, with its size and a checksum in it. */
export async function compressFrame(plain: Uint8Array, level: number): Promise<Uint8Array> {
  const params = {
    [constants.ZSTD_c_compressionLevel]: level,
    [constants.ZSTD_c_checksumFlag]: 1,
  };
  // The runtimes know it, their types not yet; without it the frame does not state its size.
  const options = { params, pledgedSrcSize: plain.length };
  const made = await compress(plain, options);
  // To the table they would be one frame, which the format does not know.
  const end = made.length - EMPTY_FRAME.length;
  return end > 0 && made.subarray(end).equals(EMPTY_FRAME) ? made.subarray(0, end) : made;
}

/** @throws EnvironmentError where the runtime's zstd made no frame that says what it should. */
export function checkFrame(frame: Uint8Array, plainBytes: number): void {
  const header = readFrameHeader(frame);
  if (header?.plainBytes === plainBytes && header.hasChecksum) return;
  const what = header === undefined
    ? "what it made is not a frame"
    : `it made a frame of ${header.plainBytes ?? "an unsaid number of"} bytes ` +
      `${header.hasChecksum ? "with" : "without"} a checksum, of ${plainBytes}`;
  throw new EnvironmentError(
    `cannot rely on the zstd of this runtime: ${what}. Compress with the program zstd instead, ` +
      "and report this.",
    "wrong-output",
  );
}

/**
 * The table, in a frame that decoders skip: the sizes of each frame, their number, and a magic.
 *
 * @throws UsageError when there are more than the format allows.
 */
export function seekTable(frames: readonly Frame[]): Uint8Array {
  if (frames.length > MOST_FRAMES) {
    throw new UsageError(
      `cannot list ${frames.length} frames: the format allows ${MOST_FRAMES}. ` +
        "Set a larger zstd.frameSize.",
      "bad-option",
    );
  }
  const table = new DataView(new ArrayBuffer(8 + frames.length * 8 + 9));
  const words = [
    SKIPPABLE_MAGIC,
    table.byteLength - 8,
    ...frames.flatMap(({ compressedBytes, plainBytes }) => [compressedBytes, plainBytes]),
    frames.length,
  ];
  for (const [index, word] of words.entries()) table.setUint32(index * 4, word, true);
  // No checksums of its own in the table: each frame has one.
  table.setUint8(table.byteLength - 5, 0);
  table.setUint32(table.byteLength - 4, SEEKABLE_MAGIC, true);
  return new Uint8Array(table.buffer);
}
