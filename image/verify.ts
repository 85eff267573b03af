/**
 * Verifies an image: against its side file, in itself, and against the folders it was built of; and
 * all images that it lies on.
 * @module
 */

import type { RecordBase } from "../ext4/record.ts";
import type { EnvironmentError } from "../host/environment_error.ts";
import { hasCode } from "../host/libc/errno.ts";
import { VerificationError } from "../pipeline/build_errors.ts";
import { openBase } from "./stack/open_stack.ts";
import { ImageVerification } from "./verify/image_verification.ts";
import { inodesOfLayers } from "./verify/inodes_of.ts";
import { readingOf } from "./verify/source_comparison.ts";
import { asVerdict, openStoredImage, type StoredImage } from "./verify/stored_image.ts";
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
 * What it is stored in (parts, encryption, compression) is looked into as `openImage` does it; where
 * that cannot be done, the digest of what lies there is compared all the same.
 *
 * @throws CorruptImageError when it is not an image at all, nor anything else with a side file;
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

/** What the images are found by: partition and offset are those of the topmost alone. */
type Below = Omit<VerifyImageOptions, "partition" | "imageOffsetBytes">;

class Verification {
  readonly #done: ImageVerification[] = [];
  readonly #verified: VerifiedImage[] = [];
  #inodes: readonly ReadonlySet<number>[] | undefined;
  #baseError: EnvironmentError | undefined;

  constructor(private readonly location: string, private readonly options: VerifyImageOptions) {}

  async run(): Promise<VerifiedImage> {
    const { sources = [], paths } = this.options;
    const lies = await openStoredImage(this.location, this.options);
    let countProblems = 0;
    try {
      if (paths !== undefined && lies.image !== undefined) {
        this.#inodes = await inodesOfLayers(this.location, paths, readingOf(this.options));
      }
      const base = await this.#verify(lies, this.options);
      if (base !== undefined) await this.#verifyBelow(base, lies);
      const top = this.#done[0]!;
      if (sources.length > 0 && lies.image !== undefined && this.#baseError === undefined) {
        countProblems = await top.compare(sources);
      }
      for (const image of this.#done) image.nameUnreadable();
      this.#conclude(countProblems);
      const { traffic } = lies.stored;
      const [first, ...below] = this.#verified;
      return { ...first!, ...below.length > 0 && { below }, ...traffic && { traffic } };
    } catch (error) {
      throw asVerdict(error, lies.stored);
    } finally {
      lies.close();
    }
  }

  /** @returns What it lies on. */
  async #verify(lies: StoredImage, options: VerifyImageOptions): Promise<RecordBase | undefined> {
    const verification = new ImageVerification(lies, options, this.#inodes?.[this.#done.length]);
    this.#done.push(verification);
    this.#verified.push(await verification.run());
    return this.options.layer === true ? undefined : verification.base;
  }

  /** Verifies all images below, each found by what the record of the one above says. */
  async #verifyBelow(first: RecordBase, top: StoredImage): Promise<void> {
    const { partition: _p, imageOffsetBytes: _o, onFailure, ...rest } = this.options;
    const below: Below = rest;
    let above = { location: this.location, source: top.image! };
    for (let base: RecordBase | undefined = first; base !== undefined;) {
      const location = await this.#findBase(above, base, below);
      if (location === undefined) return;
      const lies = await openStoredImage(location, below);
      try {
        const { shownName } = lies.stored;
        const named = (failure: VerifyFailure) => onFailure?.({ ...failure, image: shownName });
        base = await this.#verify(lies, { ...below, onFailure: named });
        above = { location, source: lies.image! };
      } finally {
        lies.close();
      }
    }
  }

  /** Where the base is; `undefined` where it is missing, or another one. */
  async #findBase(
    above: Parameters<typeof openBase>[0],
    base: RecordBase,
    below: Below,
  ): Promise<string | undefined> {
    try {
      const { source, location } = await openBase(above, base, readingOf(below));
      source.close();
      return location;
    } catch (error) {
      if (!hasCode(error, "base-missing", "wrong-base", "base-unreadable")) throw error;
      this.#baseError = error as EnvironmentError;
      const { code, message } = this.#baseError;
      this.options.onFailure?.({ check: "base", code, message });
      return undefined;
    }
  }

  #conclude(countProblems: number): void {
    const [top, ...below] = this.#done;
    const { shownName } = top!;
    const wrong = below.flatMap(({ shownName, failures: { words } }) =>
      words.length === 0 ? [] : [`${shownName}: ${words.join("; ")}`]
    );
    if (this.#baseError !== undefined) wrong.push(this.#baseError.message.replace(/\.$/, ""));
    if (wrong.length === 0) return top!.failures.conclude(shownName, countProblems);
    throw new VerificationError(
      `cannot trust ${shownName}: ${[...top!.failures.words, ...wrong].join("; ")}. ` +
        "Use another copy of that image.",
    );
  }
}
