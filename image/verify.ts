/**
 * Verifies an image: against its side file, in itself, and against the folders it was built of; and
 * all images that it lies on.
 * @module
 */

import type { RecordBase } from "../ext4/record.ts";
import { hasType, S_IFLNK, S_IFREG, type TreeInode } from "../ext4/tree.ts";
import type { HostBlockSource } from "../host/block_source/block_source.ts";
import { openSource } from "../host/block_source/open_source.ts";
import { EnvironmentError } from "../host/environment_error.ts";
import { hasCode } from "../host/libc/errno.ts";
import { VerificationError } from "../pipeline/build_errors.ts";
import { counted } from "../pipeline/words/counted.ts";
import { readImageTree } from "./image_tree.ts";
import { inLayer, layerOf } from "./stack/layer.ts";
import { openReader } from "./stack/open_reader.ts";
import { openBase } from "./stack/open_stack.ts";
import { ImageVerification, type VerifiedSubject } from "./verify/image_verification.ts";
import type { VerifiedImage, VerifyFailure, VerifyImageOptions } from "./verify/verification.ts";

export type {
  VerifiedContents,
  VerifiedImage,
  VerifyFailure,
  VerifyImageOptions,
} from "./verify/verification.ts";

/**
 * Verifies an image, and all that it lies on. Every check runs, whatever the one before it found.
 *
 * @param location A path, or a URL as `openImage` takes it; then all of the image is fetched.
 * @throws CorruptImageError when it is not an image at all, but compressed, encrypted or something else;
 * VerificationError when something is wrong, after `onFailure` received all of it;
 * EnvironmentError when something could not be read, `no-side-file` when there is none and
 * nothing else to compare with.
 */
export async function verifyImage(
  location: string,
  options: VerifyImageOptions = {},
): Promise<VerifiedImage> {
  return await new Verification(location, options).run();
}

/** The options by which images are opened. */
type Reading = Pick<VerifyImageOptions, "bases" | "layer" | "leastBytesPerMinute" | "signal">;

class Verification {
  readonly #done: ImageVerification[] = [];
  readonly #verified: VerifiedImage[] = [];
  readonly #reading: Reading;
  #baseError: EnvironmentError | undefined;
  #isCompared = true;

  constructor(private readonly location: string, private readonly options: VerifyImageOptions) {
    const { bases, layer, leastBytesPerMinute, signal } = options;
    this.#reading = {
      ...(bases === undefined ? {} : { bases }),
      ...(layer === undefined ? {} : { layer }),
      ...(leastBytesPerMinute === undefined ? {} : { leastBytesPerMinute }),
      ...(signal === undefined ? {} : { signal }),
    };
  }

  async run(): Promise<VerifiedImage> {
    const { sources = [] } = this.options;
    const source = await openSource(this.location, this.#reading);
    try {
      const inodes = await this.#inodesOfPaths();
      const { location } = this;
      const base = await this.#verify({ location, source, inodes: inodes?.[0], isBelow: false });
      if (base !== undefined) await this.#verifyBelow(base, source, inodes);
      if (sources.length > 0 && this.#baseError === undefined) {
        this.#isCompared = await this.#done[0]!.compare(sources, this.#reading);
      }
    } finally {
      source.close();
    }
    this.#conclude();
    const [top, ...below] = this.#verified;
    return { ...top!, ...below.length > 0 && { below } };
  }

  /** @returns What it lies on. */
  async #verify(subject: VerifiedSubject): Promise<RecordBase | undefined> {
    const { onFailure } = this.options;
    // Who verifies one image knows which it is.
    const options = !subject.isBelow || onFailure === undefined ? this.options : {
      ...this.options,
      onFailure: (failure: VerifyFailure) =>
        onFailure({ ...failure, image: subject.source.shownName }),
    };
    const verification = new ImageVerification(subject, options);
    this.#done.push(verification);
    this.#verified.push(await verification.run());
    return this.options.layer === true ? undefined : verification.base;
  }

  /** Verifies all images below, each found by what the record of the one above says. */
  async #verifyBelow(
    first: RecordBase,
    above: HostBlockSource,
    inodes: readonly ReadonlySet<number>[] | undefined,
  ): Promise<void> {
    let layer = { location: this.location, source: above };
    for (let base: RecordBase | undefined = first; base !== undefined;) {
      const below = await this.#openBase(layer, base);
      if (below === undefined) return;
      const { source, location = "" } = below;
      try {
        const own = inodes?.[this.#done.length];
        base = await this.#verify({ location, source, inodes: own, isBelow: true });
      } finally {
        source.close();
      }
      layer = { location, source };
    }
  }

  /** @returns `undefined` where it is missing, or another one */
  async #openBase(layer: { location: string; source: HostBlockSource }, base: RecordBase) {
    try {
      return await openBase(layer, base, this.#reading);
    } catch (error) {
      if (!hasCode(error, "base-missing", "wrong-base", "base-unreadable")) throw error;
      this.#baseError = error as EnvironmentError;
      const { code, message } = this.#baseError;
      this.options.onFailure?.({ check: "base", code, message });
      return undefined;
    }
  }

  /** Which inodes of each image, topmost first, the paths lead to. */
  async #inodesOfPaths(): Promise<Set<number>[] | undefined> {
    const { paths, signal = new AbortController().signal } = this.options;
    if (paths === undefined) return undefined;
    const { reader, layers } = await openReader(this.location, {
      ...this.#reading,
      cacheBytes: 8 << 20,
    });
    await using image = reader;
    const { tree, inodeOf } = await readImageTree(image, { paths, signal });
    const inodes = layers.map(() => new Set<number>());
    for (let row = 0; row < tree.countInodes; row++) {
      if (!hasType(tree, row, S_IFREG) && !hasType(tree, row, S_IFLNK)) continue;
      const number = inodeOf(row as TreeInode);
      const layer = layerOf(layers, number);
      inodes[layers.indexOf(layer)]!.add(inLayer(layer, number));
    }
    return inodes;
  }

  #conclude(): void {
    for (const image of this.#done) image.nameUnreadable();
    const top = this.#done[0]!;
    const { shownName } = top.source;
    const wrong = this.#done.flatMap((image) => this.#wrongOf(image));
    const isDigestAlone = top.failed.size === 1 && wrong.length === 1 &&
      this.#baseError === undefined;
    if (top.digestError !== undefined && isDigestAlone) throw top.digestError;
    if (this.#baseError !== undefined) wrong.push(this.#baseError.message.replace(/\.$/, ""));
    if (wrong.length > 0) {
      if (!this.#isCompared) wrong.push("therefore it could not be compared with its source");
      const which = this.#done.length > 1 || this.#baseError !== undefined
        ? "that image"
        : "the image";
      throw new VerificationError(
        `cannot trust ${shownName}: ${wrong.join("; ")}. Use another copy of ${which}.`,
      );
    }
    if (top.countUnread === 0) return;
    throw new EnvironmentError(
      `cannot determine whether ${shownName} is the same as its source: ${
        counted(top.countUnread, "name")
      } could ` +
        "not be read. Run icecore as a user who may read them.",
      "unreadable",
    );
  }

  /** What is wrong with an image, in words; one that lies below is named. */
  #wrongOf(image: ImageVerification): string[] {
    const what = [...image.failed].map(([check, count]) => WRONG[check](count));
    const isBelow = image !== this.#done[0];
    return isBelow && what.length > 0 ? [`${image.source.shownName}: ${what.join("; ")}`] : what;
  }
}

const WRONG: Readonly<Record<VerifyFailure["check"], (count: number) => string>> = {
  base: () => "the image that it was built on is missing or not that one",
  digest: () => "its digest is not that of its side file",
  structure: (count) => `its structure is damaged in ${counted(count, "place")}`,
  record: () => "the record of its files' contents is damaged",
  unreadable: () => "some of it cannot be read",
  contents: (count) => `${counted(count, "file")} ${count === 1 ? "is" : "are"} damaged`,
  source: (count) => `${counted(count, "name")} ${count === 1 ? "is" : "are"} not as in the source`,
};
