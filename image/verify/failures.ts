/**
 * What was found wrong with an image, and the verdict on it.
 * @module
 */

import type { CorruptImageError } from "../../ext4/image_errors.ts";
import { EnvironmentError } from "../../host/environment_error.ts";
import { VerificationError } from "../../pipeline/build_errors.ts";
import { counted } from "../../pipeline/words/counted.ts";
import type { VerifyFailure, VerifyImageOptions } from "./verification.ts";

/** Counts what is wrong, and hands it on. */
export class Failures {
  readonly #counts = new Map<VerifyFailure["check"], number>();
  #digestError: VerificationError | undefined;
  /** Whether it could be compared with its source. */
  isCompared = true;

  constructor(private readonly onFailure: VerifyImageOptions["onFailure"]) {}

  /** Whether nothing is wrong but the digest. */
  get isDigestAlone(): boolean {
    return this.#digestError !== undefined && this.#counts.size === 1;
  }

  /** What is wrong, in words. */
  get words(): string[] {
    const what = [...this.#counts].map(([check, count]) => WRONG[check](count));
    if (what.length > 0 && !this.isCompared) {
      what.push("therefore it could not be compared with its source");
    }
    return what;
  }

  has(check: VerifyFailure["check"]): boolean {
    return this.#counts.has(check);
  }

  /** @param count In how many places. */
  add(failure: VerifyFailure, count = 1): void {
    this.#counts.set(failure.check, (this.#counts.get(failure.check) ?? 0) + count);
    this.onFailure?.(failure);
  }

  /** What the image is stored in is damaged. */
  addStored({ code, message }: CorruptImageError): void {
    this.add({ check: "stored", code, message });
  }

  /** The digest is another one; where nothing else is wrong, this is the verdict. */
  addDigest(error: VerificationError): void {
    this.#digestError = error;
    this.add({ check: "digest", message: error.message });
  }

  /**
   * Ends the verification.
   *
   * @param countProblems How many names could not be read.
   * @throws VerificationError when something is wrong; EnvironmentError when something is not known.
   */
  conclude(shownName: string, countProblems = 0): void {
    if (this.isDigestAlone) throw this.#digestError;
    const what = this.words;
    if (what.length > 0) {
      throw new VerificationError(
        `cannot trust ${shownName}: ${what.join("; ")}. Use another copy of the image.`,
      );
    }
    if (countProblems === 0) return;
    throw new EnvironmentError(
      `cannot determine whether ${shownName} is the same as its source: ${
        counted(countProblems, "name")
      } could ` +
        "not be read. Run icecore as a user who may read them.",
      "unreadable",
    );
  }
}

const WRONG: Readonly<Record<VerifyFailure["check"], (count: number) => string>> = {
  digest: () => "its digest is not that of its side file",
  part: (count) => `${counted(count, "part")} ${count === 1 ? "is" : "are"} not as stored`,
  stored: (count) => `what it is stored in is damaged in ${counted(count, "place")}`,
  structure: (count) => `its structure is damaged in ${counted(count, "place")}`,
  record: () => "the record of its files' contents is damaged",
  unreadable: () => "some of it cannot be read",
  contents: (count) => `${counted(count, "file")} ${count === 1 ? "is" : "are"} damaged`,
  base: () => "the image that it was built on is missing, or not that one",
  source: (count) => `${counted(count, "name")} ${count === 1 ? "is" : "are"} not as in the source`,
};
