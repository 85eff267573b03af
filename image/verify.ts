/**
 * Verifies an image: against its side file, in itself, and against the folders it was built of.
 * @module
 */

import { checkImage } from "../ext4/checker/check_image.ts";
import { CorruptImageError } from "../ext4/image_errors.ts";
import type { ImagePath } from "../ext4/reader/path.ts";
import { hasType, S_IFLNK, S_IFREG, type TreeInode } from "../ext4/tree.ts";
import { openSource } from "../host/block_source/open_source.ts";
import { Breather } from "../host/breathe.ts";
import { EnvironmentError } from "../host/environment_error.ts";
import { hasCode } from "../host/libc/errno.ts";
import { printable } from "../host/libc/paths.ts";
import { VerificationError } from "../pipeline/build_errors.ts";
import { counted } from "../pipeline/words/counted.ts";
import { diffWithFolders } from "./diff.ts";
import { unsupportedProblem } from "./diff/side.ts";
import type { RecordVerdict } from "./image_record.ts";
import { readImageTree } from "./image_tree.ts";
import { requireImage } from "./no_image.ts";
import { openImage } from "./open_image.ts";
import { type ComparedContents, ContentsCheck, noRecord } from "./verify/contents_check.ts";
import { damagedFiles, shownRanges } from "./verify/damaged_files.ts";
import { passOver } from "./verify/image_pass.ts";
import { localSideFile } from "./verify/local_side_file.ts";
import { remoteSideFile } from "./verify/remote_side_file.ts";
import { digestDiffers, type ExpectedDigest, noSideFileNorRecord } from "./verify/side_file.ts";
import { TolerantSource } from "./verify/tolerant_source.ts";
import type { VerifiedImage, VerifyFailure, VerifyImageOptions } from "./verify/verification.ts";

export type {
  VerifiedContents,
  VerifiedImage,
  VerifyFailure,
  VerifyImageOptions,
} from "./verify/verification.ts";

const NEVER = new AbortController().signal;

/**
 * Verifies an image. Every check runs, whatever the one before it found.
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
  const breather = new Breather(options.signal ?? NEVER);
  const source = new TolerantSource(await openSource(location, options), breather);
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
    private readonly source: TolerantSource,
    private readonly options: VerifyImageOptions,
  ) {}

  async run(): Promise<VerifiedImage> {
    const { sources = [] } = this.options;
    await requireImage(this.source);
    this.options.onCheck?.("record");
    const check = await this.#open();
    const record = check?.verdict ?? { state: "none" };
    const expected = this.#isPart ? undefined : await this.#expectedDigest(check);
    const isRead = this.options.digest !== "never" || this.#isPart;
    const { digest, contents } = isRead ? await this.#readContents(check, expected) : {};
    const structure = await this.#checkStructure();
    const countProblems = sources.length === 0 ? 0 : await this.#compare(sources);
    this.#nameUnreadable();
    this.#conclude(countProblems);
    return {
      ...(digest === undefined ? {} : { digest }),
      record,
      ...(contents === undefined ? {} : { contents }),
      ...structure,
      sources,
    };
  }

  get #isPart(): boolean {
    return this.options.paths !== undefined || this.options.sample !== undefined;
  }

  /** @returns `undefined` where the image cannot be opened: the check of its structure says why */
  async #open(): Promise<ContentsCheck | undefined> {
    try {
      return await ContentsCheck.open(this.source);
    } catch (error) {
      if (error instanceof CorruptImageError) return undefined;
      throw error;
    }
  }

  /** What the image should be, where there is a side file or nothing else to go by. */
  async #expectedDigest(check: ContentsCheck | undefined): Promise<ExpectedDigest | undefined> {
    const { sources = [], digest } = this.options;
    if (digest === "never") return undefined;
    try {
      return this.source.isLocal
        ? await localSideFile(this.location)
        : await remoteSideFile(this.location, this.source, this.options);
    } catch (error) {
      if (!hasCode(error, "no-side-file")) throw error;
      // What cannot be opened as it is, is damaged whatever its digest was.
      if (sources.length > 0 || check === undefined || check.isMended) return undefined;
      const record = check.verdict;
      if (record.state === "sound" || record.state === "broken") return undefined;
      if (record.state === "none") throw error;
      throw noSideFileNorRecord(this.source.shownName, record.why);
    }
  }

  /** Reads what is to be read, once: for the digest of the image, for those of its files, or both. */
  async #readContents(
    check: ContentsCheck | undefined,
    expected: ExpectedDigest | undefined,
  ): Promise<Pick<VerifiedImage, "digest" | "contents">> {
    const { signal = NEVER, sample, seed = randomSeed(), onProgress } = this.options;
    const progress = (done: number, total: number) => onProgress?.(done, total, "bytes");
    this.#judgeRecord(check?.verdict);
    this.options.onCheck?.("contents");
    if (check?.verdict.state !== "sound") {
      if (this.#isPart) throw noRecord(this.source.shownName, check?.verdict);
      const algorithm = expected?.algorithm;
      if (expected === undefined || algorithm === undefined) return {};
      const pass = await passOver(this.source, { algorithm, signal, onProgress: progress });
      return this.#judgeDigest(expected, pass.digest!);
    }
    const inodes = this.options.paths && await this.#inodesOf(this.options.paths, signal);
    const selection = {
      ...(sample === undefined ? {} : { sample: { size: sample, seed } }),
      ...(inodes === undefined ? {} : { inodes }),
    };
    const compared = await check.run(selection, expected?.algorithm, signal, progress);
    await this.#nameDamaged(check, compared);
    const { countFiles, sizeBytes, totalBytes, digest } = compared;
    return {
      ...(expected === undefined ? {} : this.#judgeDigest(expected, digest!)),
      contents: {
        countFiles,
        sizeBytes,
        totalBytes,
        ...(sample === undefined ? {} : { seed }),
      },
    };
  }

  #judgeRecord(verdict: RecordVerdict | undefined): void {
    if (verdict?.state !== "broken") return;
    const message = `the record of its files' contents is damaged: ${verdict.why}`;
    this.#fail({ check: "record", message });
  }

  #judgeDigest(expected: ExpectedDigest, digest: string): Pick<VerifiedImage, "digest"> {
    const { algorithm, sideFile } = expected;
    if (digest === expected.digest) return { digest: { algorithm, digest, sideFile } };
    const error = digestDiffers(this.source.shownName, digest, expected);
    this.#digestError = error;
    this.#fail({ check: "digest", message: error.message });
    return {};
  }

  async #inodesOf(paths: readonly ImagePath[], signal: AbortSignal): Promise<Set<number>> {
    await using image = await openImage(this.source, { cacheBytes: 8 << 20 });
    const { tree, inodeOf } = await readImageTree(image, { paths, signal });
    const inodes = new Set<number>();
    for (let row = 0; row < tree.countInodes; row++) {
      const hasContents = hasType(tree, row, S_IFREG) || hasType(tree, row, S_IFLNK);
      if (hasContents) inodes.add(inodeOf(row as TreeInode));
    }
    return inodes;
  }

  async #nameDamaged({ files }: ContentsCheck, compared: ComparedContents): Promise<void> {
    if (compared.damaged.length === 0 && compared.dirtyTails.length === 0) return;
    await using image = await openImage(this.source, { cacheBytes: 8 << 20, onBroken: () => {} });
    const { lost } = this.source;
    for await (const failure of damagedFiles(image, files, compared, lost)) this.#fail(failure);
  }

  #nameUnreadable(): void {
    const { lost: ranges, reason } = this.source;
    if (ranges.length === 0) return;
    const message = `${shownRanges(ranges)} cannot be read: ${reason}`;
    this.#fail({ check: "unreadable", ranges, message });
  }

  async #checkStructure(): Promise<Pick<VerifiedImage, "countInodes" | "wasReplayed" | "dropped">> {
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
      // Where the structure was found damaged, this is one of the places that were reported.
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
  structure: (count) => `its structure is damaged in ${counted(count, "place")}`,
  record: () => "the record of its files' contents is damaged",
  unreadable: () => "some of it cannot be read",
  contents: (count) => `${counted(count, "file")} ${count === 1 ? "is" : "are"} damaged`,
  source: (count) => `${counted(count, "name")} ${count === 1 ? "is" : "are"} not as in the source`,
};

function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]!;
}
