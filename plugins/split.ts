/**
 * `split`: cuts the image, or what a step made of it, into parts of a given size, with a manifest.
 * `icecore join` and `cat` put them together again.
 * @module
 */

import { readdirSync } from "node:fs";
import {
  type Artifact,
  type ByteStage,
  defineStep,
  type Image,
  type OptionsSchema,
  type Payload,
  type Step,
  type StepContext,
  UsageError,
} from "../mod.ts";
import {
  createFile,
  fileForm,
  formatPartManifest,
  requireFree,
  startHash,
  writeNew,
} from "../plugin.ts";

const options = {
  size: { type: "size", help: "bytes of a part, such as 4G; the last may be less", required: true },
} as const satisfies OptionsSchema;

/** How many digits a number has while it is not known how many parts there will be. */
const DIGITS_MEANWHILE = 6;
const MOST_PARTS = 10 ** DIGITS_MEANWHILE - 1;
/** At least so many digits, so that `part*` is in order. */
const FEWEST_DIGITS = 3;

const stream: NonNullable<Step<typeof options>["stream"]> = ({ name }, context): ByteStage => {
  const folder = context.output.slice(0, context.output.lastIndexOf("/") + 1);
  requireFreeParts(`${folder}${name}`, context.force);
  const parts = new Parts(folder, name, context);
  return {
    sink: new WritableStream<Uint8Array>({
      write: (bytes) => parts.write(bytes),
      close: () => parts.close(),
      abort: () => parts.abort(),
    }),
    finish: (image, stored) => finish(image, stored, parts, context),
    abort: () => parts.abort(),
  };
};

/** Lays parts beside the image, which stays as it is. */
const split = defineStep({
  name: "split",
  summary: "cut it into parts of a size, which icecore join or cat put together",
  after: "hash",
  accepts: ["sealed", "unmounted", "formatted"],
  shell: false,
  leavesFiles: true,
  reads: "payload",
  options,
  check({ output, force }) {
    if (output !== "-") return requireFreeParts(output, force);
    const why = "there is no place for the parts. Name a file.";
    throw new UsageError(`cannot split an image that goes to stdout: ${why}`, "cannot-stream");
  },
  stream,
  run: fileForm("part", stream),
});

export default split;

async function finish(
  image: Image,
  stored: Payload,
  parts: Parts,
  context: StepContext,
): Promise<Image> {
  const { name, sizeBytes } = stored;
  const made = parts.named();
  const text = formatPartManifest({ name, sizeBytes, sha512: parts.sha512, parts: made });
  const manifest = context.beside(`${name}.manifest`);
  const artifacts: Artifact[] = made.map((part, index) => ({
    kind: "part",
    path: parts.partial(index),
    finalPath: `${parts.folder}${part.name}`,
    sizeBytes: part.sizeBytes,
  }));
  await writeNew(manifest, new TextEncoder().encode(text), context.fileMode);
  artifacts.push({
    kind: "manifest",
    path: manifest,
    finalPath: `${parts.folder}${name}.manifest`,
    sizeBytes: new TextEncoder().encode(text).length,
    replaces: staleParts(`${parts.folder}${name}`),
    details: { countParts: made.length },
  });
  const payload = { ...stored, parts: made.map((part) => part.name) };
  return { ...image, payload, artifacts: [...image.artifacts, ...artifacts] };
}

/** Parts that a replaced split had more of: with them `cat part*` would not be the whole. */
function staleParts(base: string): string[] {
  const folder = base.slice(0, base.lastIndexOf("/") + 1);
  return readdirSync(folder === "" ? "." : folder).map((name) => `${folder}${name}`)
    .filter((path) => path.startsWith(`${base}.part`) && /\.part\d+$/.test(path));
}

/** @param base The path that `.part001` is put behind. */
function requireFreeParts(base: string, force: boolean): void {
  for (const path of [`${base}.manifest`, `${base}.part001`]) requireFree(path, force);
}

/** The parts while they are written. */
class Parts {
  readonly #done: { readonly sizeBytes: number; readonly sha512: string }[] = [];
  #whole: Awaited<ReturnType<typeof startHash>> | undefined;
  #hash: Awaited<ReturnType<typeof startHash>> | undefined;
  #file: WritableStreamDefaultWriter<Uint8Array> | undefined;
  #used = 0;
  /** Of the whole, in hex, once it is closed. */
  sha512 = "";

  readonly #partBytes: number;

  /** @param name What is split; `.part001` is put behind it. */
  constructor(
    readonly folder: string,
    private readonly name: string,
    private readonly context: StepContext<typeof options>,
  ) {
    this.#partBytes = context.options.size;
  }

  /** Where a part lies until the build is done. */
  partial(index: number): string {
    return this.context.beside(`${this.name}.part${numbered(index, DIGITS_MEANWHILE)}`);
  }

  /** All parts, with the names they will have. */
  named(): Parameters<typeof formatPartManifest>[0]["parts"] {
    const digits = Math.max(FEWEST_DIGITS, String(this.#done.length).length);
    return this.#done.map((part, i) => ({
      ...part,
      name: `${this.name}.part${numbered(i, digits)}`,
    }));
  }

  async write(bytes: Uint8Array): Promise<void> {
    const whole = this.#whole ??= await startHash("sha512");
    whole.update(bytes);
    for (let rest = bytes; rest.length > 0;) {
      if (this.#file === undefined) await this.#begin();
      const piece = rest.subarray(0, this.#partBytes - this.#used);
      await this.#store(piece);
      rest = rest.subarray(piece.length);
      if (this.#used === this.#partBytes) await this.#end();
    }
  }

  async close(): Promise<void> {
    if (this.#file === undefined && this.#done.length === 0) await this.#begin();
    if (this.#file !== undefined) await this.#end();
    this.sha512 = (this.#whole ?? await startHash("sha512")).digest();
  }

  /** Closes the part that is written; all of them go with the build. */
  async abort(): Promise<void> {
    await this.#file?.abort().catch(() => {});
    this.#file = undefined;
    this.#hash?.close();
    this.#whole?.close();
  }

  async #begin(): Promise<void> {
    if (this.#done.length === MOST_PARTS) {
      throw new UsageError(
        `cannot split into more than ${MOST_PARTS} parts. Set a larger split.size.`,
        "bad-option",
      );
    }
    this.#hash = await startHash("sha512");
    this.#used = 0;
    // What may be replaced was looked at before: the parts have their names only in the end.
    const path = this.partial(this.#done.length);
    this.#file = createFile(path, true, this.context.fileMode).getWriter();
  }

  async #store(piece: Uint8Array): Promise<void> {
    this.#hash!.update(piece);
    this.#used += piece.length;
    await this.#file!.write(piece);
  }

  async #end(): Promise<void> {
    await this.#file!.close();
    this.#file = undefined;
    this.#done.push({ sizeBytes: this.#used, sha512: this.#hash!.digest() });
  }
}

/** `001` of 0: parts are counted from 1. */
function numbered(index: number, digits: number): string {
  return String(index + 1).padStart(digits, "0");
}
