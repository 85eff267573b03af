/**
 * Verifies an image: against its side file, in itself, and against the folders it was built of.
 * @module
 */

import { checkImage } from "../../ext4/checker/check_image.ts";
import { CorruptImageError } from "../../ext4/errors.ts";
import type { DroppedTransactions } from "../../ext4/reader/journal/replay.ts";
import type { HostBlockSource, SourceOptions } from "../../host/block_source/block_source.ts";
import { openSource } from "../../host/block_source/open_source.ts";
import { Breather } from "../../host/breathe.ts";
import { EnvironmentError } from "../../host/environment_error.ts";
import { printable } from "../../host/libc/paths.ts";
import { hasCode } from "../../host/libc/errno.ts";
import { counted } from "../../pipeline/counted.ts";
import { VerificationError } from "../../pipeline/errors.ts";
import type { Problem } from "../../pipeline/problem.ts";
import { diffWithFolders } from "./diff.ts";
import type { Difference } from "./diff/difference.ts";
import { unsupportedProblem } from "./diff/side.ts";
import { requireImage } from "./no_image.ts";
import { openImage } from "./open_image.ts";
import { verifyDigest } from "./verify/local_digest.ts";
import { verifyRemoteDigest } from "./verify/remote_digest.ts";
import type { Verified } from "./verify/side_file.ts";

/** What of an image is verified. */
export interface VerifyImageOptions extends Pick<SourceOptions, "leastBytesPerMinute"> {
  /** Folders to compare with, placed as `build` placed them; none by default. */
  readonly sources?: readonly string[];
  /** Globs of names that `build` left out. */
  readonly exclude?: readonly string[];
  /** Take folders of other file systems for empty, as `build --one-file-system` stored them. */
  readonly oneFileSystem?: boolean;
  /**
   * Whether it is hashed and compared with its side file: `auto` (the default) asks for a side
   * file unless there are sources to compare with.
   */
  readonly digest?: "auto" | "never";
  /** Cancels it. */
  readonly signal?: AbortSignal;
  /** Is told how far it is. */
  onProgress?(done: number, total: number | undefined, unit: "files" | "bytes"): void;
  /** A check begins. */
  onCheck?(check: "digest" | "structure" | "source"): void;
  /** Told each thing that is wrong. */
  onFailure?(failure: VerifyFailure): void;
  /** Told each name of a source that could not be read. */
  onProblem?(problem: Problem): void;
}

/** One thing that is wrong. */
export type VerifyFailure =
  | { readonly check: "digest"; readonly message: string }
  | {
    readonly check: "structure";
    readonly code: string;
    readonly structure: string;
    readonly message: string;
  }
  | { readonly check: "source"; readonly difference: Difference };

/** What was verified; nothing was wrong. */
export interface VerifiedImage {
  /** Missing where there was no side file, or it was not asked for. */
  readonly digest?: Verified;
  /** How many inodes there are. */
  readonly countInodes: number;
  /** It was not unmounted: its journal was replayed in memory before its structure was checked. */
  readonly wasReplayed: boolean;
  /**
   * Its journal is damaged in between: the transaction of this number, and so many whole ones behind
   * it, are not part of what was verified, nor of what any reader or kernel shows.
   */
  readonly dropped?: DroppedTransactions;
  /** Folders that it was compared with. */
  readonly sources: readonly string[];
}

const NEVER = new AbortController().signal;

/**
 * Verifies an image. Every check runs, whatever the one before it found.
 *
 * @param location A path, or a URL as `openImage` takes it; then all of the image is fetched.
 * @throws CorruptImageError when it is no image at all, but compressed, encrypted or something else;
 * VerificationError when something is wrong, after all of it was told to `onFailure`;
 * EnvironmentError when something could not be read, `no-side-file` when there is none and
 * nothing else to compare with.
 */
export async function verifyImage(
  location: string,
  options: VerifyImageOptions = {},
): Promise<VerifiedImage> {
  const source = await openSource(location, options);
  try {
    return await new Verification(location, source, options).run();
  } finally {
    source.close();
  }
}

class Verification {
  readonly #failed = new Map<VerifyFailure["check"], number>();
  #digestError: VerificationError | undefined;
  #isCompared = true;

  constructor(
    private readonly location: string,
    private readonly source: HostBlockSource,
    private readonly options: VerifyImageOptions,
  ) {}

  async run(): Promise<VerifiedImage> {
    const { sources = [] } = this.options;
    await requireImage(this.source);
    const digest = this.options.digest === "never" ? undefined : await this.#verifyDigest();
    const structure = await this.#checkStructure();
    const countProblems = sources.length === 0 ? 0 : await this.#compare(sources);
    this.#conclude(countProblems);
    return { ...(digest === undefined ? {} : { digest }), ...structure, sources };
  }

  async #verifyDigest(): Promise<Verified | undefined> {
    const { signal = NEVER, sources = [], onProgress } = this.options;
    this.options.onCheck?.("digest");
    const options = {
      signal,
      onProgress: (done: number, total: number) => onProgress?.(done, total, "bytes"),
    };
    try {
      return this.source.isLocal
        ? await verifyDigest(this.location, options)
        : await verifyRemoteDigest(this.location, this.source, options);
    } catch (error) {
      if (hasCode(error, "no-side-file") && sources.length > 0) return undefined;
      if (!(error instanceof VerificationError)) throw error;
      this.#digestError = error;
      this.#fail({ check: "digest", message: error.message });
      return undefined;
    }
  }

  async #checkStructure(): Promise<Omit<VerifiedImage, "digest" | "sources">> {
    this.options.onCheck?.("structure");
    const breather = new Breather(this.options.signal ?? NEVER);
    const pause = () => breather.due ? breather.pause() : undefined;
    const report = await checkImage(this.source, { pause });
    const { findings, countFindings, wasReplayed, dropped, summary } = report;
    for (const { code, structure, message } of findings) {
      this.#fail({ check: "structure", code, structure, message });
    }
    const countMore = countFindings - findings.length;
    if (countMore > 0) {
      const message = `and ${counted(countMore, "more finding")}`;
      this.#fail({ check: "structure", code: "more", structure: "", message }, countMore);
    }
    const { countInodes } = summary;
    return { countInodes, wasReplayed, ...(dropped === undefined ? {} : { dropped }) };
  }

  /** @returns How many names could not be read. */
  async #compare(sources: readonly string[]): Promise<number> {
    const { exclude, oneFileSystem, signal, onProgress, onProblem } = this.options;
    this.options.onCheck?.("source");
    try {
      let countLeftOut = 0;
      await using image = await openImage(this.source, {
        cacheBytes: 8 << 20,
        onUnsupported: (error, path = new Uint8Array()) => {
          countLeftOut++;
          const reason = unsupportedProblem(error);
          onProblem?.({ kind: "unreadable", path: printable(path), reason });
        },
      });
      const { countProblems } = await diffWithFolders(image, sources, {
        ...(exclude === undefined ? {} : { exclude }),
        ...(oneFileSystem === undefined ? {} : { oneFileSystem }),
        ...(signal === undefined ? {} : { signal }),
        ...(onProgress === undefined ? {} : { onProgress }),
        ...(onProblem === undefined ? {} : { onProblem }),
        onDifference: (difference) => this.#fail({ check: "source", difference }),
      });
      return countProblems + countLeftOut;
    } catch (error) {
      if (!(error instanceof CorruptImageError)) throw error;
      this.#isCompared = false;
      const { code, structure, message } = error;
      // Where the structure was found damaged, this is one of the places that were told.
      if (!this.#failed.has("structure")) {
        this.#fail({ check: "structure", code, structure, message });
      }
      return 0;
    }
  }

  /** @param count In how many places. */
  #fail(failure: VerifyFailure, count = 1): void {
    this.#failed.set(failure.check, (this.#failed.get(failure.check) ?? 0) + count);
    this.options.onFailure?.(failure);
  }

  #conclude(countProblems: number): void {
    const { shownName } = this.source;
    const failed = [...this.#failed];
    if (this.#digestError !== undefined && failed.length === 1) throw this.#digestError;
    if (failed.length > 0) {
      const what = failed.map(([check, count]) => WRONG[check](count));
      if (!this.#isCompared) what.push("therefore it could not be compared with its source");
      throw new VerificationError(
        `cannot trust ${shownName}: ${what.join("; ")}. Use another copy of the image.`,
      );
    }
    if (countProblems === 0) return;
    throw new EnvironmentError(
      `cannot tell whether ${shownName} is the same as its source: ${
        counted(countProblems, "name")
      } could ` +
        "not be read. Run icecore as a user who may read them.",
      "unreadable",
    );
  }
}

const WRONG: Readonly<Record<VerifyFailure["check"], (count: number) => string>> = {
  digest: () => "its digest is not that of its side file",
  structure: (count) => `its structure is damaged in ${counted(count, "place")}`,
  source: (count) => `${counted(count, "name")} ${count === 1 ? "is" : "are"} not as in the source`,
};
