/**
 * Verifies an image: against its side file, in itself, and against the folders it was built of.
 * @module
 */

import { checkImage } from "../../ext4/checker/check_image.ts";
import { CorruptImageError } from "../../ext4/errors.ts";
import type { HostBlockSource } from "../../host/block_source/block_source.ts";
import { openSource } from "../../host/block_source/open_source.ts";
import { Breather } from "../../host/breathe.ts";
import { EnvironmentError } from "../../host/environment_error.ts";
import { hasCode } from "../../host/libc/errno.ts";
import { counted } from "../../pipeline/counted.ts";
import { VerificationError } from "../../pipeline/errors.ts";
import type { Problem } from "../../pipeline/problem.ts";
import { diffWithFolders } from "./diff.ts";
import type { Difference } from "./diff/difference.ts";
import { openImage } from "./open_image.ts";
import { verifyDigest } from "./verify/local_digest.ts";
import { verifyRemoteDigest } from "./verify/remote_digest.ts";
import type { Verified } from "./verify/side_file.ts";

const NEVER = new AbortController().signal;

/**
 * Verifies an image. Every check runs, whatever the one before it found.
 *
 * @param location A path, or a URL as `openImage` takes it; then all of the image is fetched.
 * @throws VerificationError when something is wrong, after all of it was told to `onFailure`;
 * EnvironmentError when something could not be read, `no-side-file` when there is none and
 * nothing else to compare with.
 */
export async function verifyImage(
  location: string,
  options: {
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
    onFailure?(
      failure:
        | { readonly check: "digest"; readonly message: string }
        | {
          readonly check: "structure";
          readonly code: string;
          readonly structure: string;
          readonly message: string;
        }
        | { readonly check: "source"; readonly difference: Difference },
    ): void;
    /** Told each name of a source that could not be read. */
    onProblem?(problem: Problem): void;
  } = {},
): Promise<{
  /** Missing where there was no side file, or it was not asked for. */
  readonly digest?: {
    /** The algorithm, e.g. `sha512`. */
    readonly algorithm: string;
    /** The digest in hex. */
    readonly digest: string;
    /** The side file it was compared with. */
    readonly sideFile: string;
  };
  /** How many inodes there are. */
  readonly countInodes: number;
  /** It was not unmounted: its journal was replayed in memory before its structure was checked. */
  readonly wasReplayed: boolean;
  /** Folders that it was compared with. */
  readonly sources: readonly string[];
}> {
  const source = await openSource(location, options);
  try {
    return await new Verification(location, source, options).run();
  } finally {
    source.close();
  }
}

/** What of an image is verified. */
export type VerifyImageOptions = NonNullable<Parameters<typeof verifyImage>[1]>;

/** One thing that is wrong. */
export type VerifyFailure = Parameters<NonNullable<VerifyImageOptions["onFailure"]>>[0];

type VerifiedImage = Awaited<ReturnType<typeof verifyImage>>;

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
    const digest = this.options.digest === "never" ? undefined : await this.#verifyDigest();
    const { countInodes, wasReplayed } = await this.#checkStructure();
    const countProblems = sources.length === 0 ? 0 : await this.#compare(sources);
    this.#conclude(countProblems);
    return { ...(digest === undefined ? {} : { digest }), countInodes, wasReplayed, sources };
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

  async #checkStructure(): Promise<Pick<VerifiedImage, "countInodes" | "wasReplayed">> {
    this.options.onCheck?.("structure");
    const breather = new Breather(this.options.signal ?? NEVER);
    const pause = () => breather.due ? breather.pause() : undefined;
    const report = await checkImage(this.source, { pause });
    const { findings, countFindings, wasReplayed, summary } = report;
    for (const { code, structure, message } of findings) {
      this.#fail({ check: "structure", code, structure, message });
    }
    const countMore = countFindings - findings.length;
    if (countMore > 0) {
      const message = `and ${counted(countMore, "more finding")}`;
      this.#fail({ check: "structure", code: "more", structure: "", message }, countMore);
    }
    return { countInodes: summary.countInodes, wasReplayed };
  }

  /** @returns How many names could not be read. */
  async #compare(sources: readonly string[]): Promise<number> {
    const { exclude, oneFileSystem, signal, onProgress, onProblem } = this.options;
    this.options.onCheck?.("source");
    try {
      await using image = await openImage(this.source, { cacheBytes: 8 << 20 });
      const { countProblems } = await diffWithFolders(image, sources, {
        ...(exclude === undefined ? {} : { exclude }),
        ...(oneFileSystem === undefined ? {} : { oneFileSystem }),
        ...(signal === undefined ? {} : { signal }),
        ...(onProgress === undefined ? {} : { onProgress }),
        ...(onProblem === undefined ? {} : { onProblem }),
        onDifference: (difference) => this.#fail({ check: "source", difference }),
      });
      return countProblems;
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
