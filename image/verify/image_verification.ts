/**
 * Verifies one image: against its side file, in itself, and, with a reader for it, its sources.
 * @module
 */

import { checkImage } from "../../ext4/checker/check_image.ts";
import { CorruptImageError } from "../../ext4/image_errors.ts";
import type { RecordBase } from "../../ext4/record.ts";
import type { HostBlockSource } from "../../host/block_source/block_source.ts";
import { Breather } from "../../host/breathe.ts";
import { hasCode } from "../../host/libc/errno.ts";
import { printable } from "../../host/libc/paths.ts";
import type { VerificationError } from "../../pipeline/build_errors.ts";
import { counted } from "../../pipeline/words/counted.ts";
import { diffWithFolders } from "../diff.ts";
import { unsupportedProblem } from "../diff/side.ts";
import type { OpenImageOptions } from "../image_reader.ts";
import type { RecordVerdict } from "../image_record.ts";
import { requireImage } from "../no_image.ts";
import { openImage } from "../open_image.ts";
import { type ComparedContents, ContentsCheck, noRecord } from "./contents_check.ts";
import { damagedFiles, shownRanges } from "./damaged_files.ts";
import { passOver } from "./image_pass.ts";
import { localSideFile } from "./local_side_file.ts";
import { remoteSideFile } from "./remote_side_file.ts";
import { digestDiffers, type ExpectedDigest, noSideFileNorRecord } from "./side_file.ts";
import { TolerantSource } from "./tolerant_source.ts";
import type { VerifiedImage, VerifyFailure, VerifyImageOptions } from "./verification.ts";

const NEVER = new AbortController().signal;

/** What is verified. */
export interface VerifiedSubject {
  readonly location: string;
  readonly source: HostBlockSource;
  /** Of its inodes, those whose contents are compared; all, where that is not said. */
  readonly inodes?: ReadonlySet<number> | undefined;
  /** Whether another one lies on it, whose record vouches for it: it needs no side file. */
  readonly isBelow: boolean;
}

/** One image under verification. Every check runs, whatever the one before it found. */
export class ImageVerification {
  readonly #failed = new Map<VerifyFailure["check"], number>();
  readonly #source: TolerantSource;
  #digestError: VerificationError | undefined;
  #base: RecordBase | undefined;
  #countUnread = 0;

  constructor(
    private readonly subject: VerifiedSubject,
    private readonly options: VerifyImageOptions,
  ) {
    const breather = new Breather(options.signal ?? NEVER);
    this.#source = new TolerantSource(subject.source, breather);
  }

  /** What it was built on, as its record says; known after `run`. */
  get base(): RecordBase | undefined {
    return this.#base;
  }

  /** What is wrong, and in how many places. */
  get failed(): ReadonlyMap<VerifyFailure["check"], number> {
    return this.#failed;
  }

  /** The error of an image that is not what its side file says. */
  get digestError(): VerificationError | undefined {
    return this.#digestError;
  }

  /** Names of sources that could not be read. */
  get countUnread(): number {
    return this.#countUnread;
  }

  get source(): HostBlockSource {
    return this.#source;
  }

  /** Runs all checks but that of its sources. @throws as `verifyImage`, but for what is wrong */
  async run(): Promise<VerifiedImage> {
    const { sources = [] } = this.options;
    await requireImage(this.source);
    this.options.onCheck?.("record");
    const check = await this.#open();
    this.#base = check?.base;
    const record = check?.verdict ?? { state: "none" };
    const expected = this.#isPart ? undefined : await this.#expectedDigest(check);
    const isRead = this.options.digest !== "never" || this.#isPart;
    const { digest, contents } = isRead ? await this.#readContents(check, expected) : {};
    const structure = await this.#checkStructure();
    return {
      shownName: this.source.shownName,
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
        ? await localSideFile(this.subject.location)
        : await remoteSideFile(this.subject.location, this.source, this.options);
    } catch (error) {
      if (!hasCode(error, "no-side-file")) throw error;
      // What cannot be opened as it is, is damaged whatever its digest was.
      if (sources.length > 0 || check === undefined || check.isMended) return undefined;
      const record = check.verdict;
      const isSaid = record.state === "sound" || record.state === "broken";
      if (isSaid || this.subject.isBelow) return undefined;
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
    const { inodes } = this.subject;
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

  async #nameDamaged({ files }: ContentsCheck, compared: ComparedContents): Promise<void> {
    if (compared.damaged.length === 0 && compared.dirtyTails.length === 0) return;
    await using image = await openImage(this.source, {
      cacheBytes: 8 << 20,
      layer: true,
      onBroken: () => {},
    });
    const { lost } = this.#source;
    for await (const failure of damagedFiles(image, files, compared, lost)) this.#fail(failure);
  }

  /** Says what of the image could not be read, once nothing is read any more. */
  nameUnreadable(): void {
    const { lost: ranges, reason } = this.#source;
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

  /**
   * Compares the tree that it shows with the folders it was built of.
   * @returns false where the image is too damaged for that
   */
  async compare(sources: readonly string[], reading: OpenImageOptions): Promise<boolean> {
    const { exclude, oneFileSystem, signal, onProgress, onProblem } = this.options;
    this.options.onCheck?.("source");
    try {
      let countLeftOut = 0;
      const isTop = this.#base !== undefined && reading.layer !== true;
      const what = isTop ? this.subject.location : this.source;
      await using image = await openImage(what, {
        ...reading,
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
      this.#countUnread = countProblems + countLeftOut;
      return true;
    } catch (error) {
      if (!(error instanceof CorruptImageError)) throw error;
      const { code, structure, message } = error;
      // Where the structure was found damaged, this is one of the places that were reported.
      if (!this.#failed.has("structure")) {
        this.#fail({ check: "structure", code, structure, message });
      }
      return false;
    }
  }

  /** @param count In how many places. */
  #fail(failure: VerifyFailure, count = 1): void {
    this.#failed.set(failure.check, (this.#failed.get(failure.check) ?? 0) + count);
    this.options.onFailure?.(failure);
  }
}

function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]!;
}
