/**
 * Verifies one image: against its side file, in itself, and with the folders it was built of.
 * @module
 */

import { CorruptImageError } from "../../ext4/image_errors.ts";
import type { RecordBase } from "../../ext4/record.ts";
import type { HostBlockSource } from "../../host/block_source/block_source.ts";
import { hasCode } from "../../host/libc/errno.ts";
import type { RecordVerdict } from "../image_record.ts";
import { openImage } from "../open_image.ts";
import { StoredDamageError } from "../stored/stored_damage_error.ts";
import { type ComparedContents, ContentsCheck, noRecord } from "./contents_check.ts";
import { damagedFiles, shownRanges } from "./damaged_files.ts";
import { expectedDigest, nothingToGoBy } from "./expected_digest.ts";
import { Failures } from "./failures.ts";
import { passOver } from "./image_pass.ts";
import { digestDiffers, type ExpectedDigest, noSideFileNorRecord } from "./side_file.ts";
import { compareWithSources } from "./source_comparison.ts";
import type { StoredImage, Unseen } from "./stored_image.ts";
import { checkStructure } from "./structure_check.ts";
import type { VerifiedImage, VerifyImageOptions } from "./verification.ts";
import { wrongParts } from "./wrong_parts.ts";

const NEVER = new AbortController().signal;

/** One image under verification. Every check runs, whatever the one before it found. */
export class ImageVerification {
  readonly #failures: Failures;
  #base: RecordBase | undefined;

  /** @param inodes those whose contents are compared; all, where that is not said */
  constructor(
    private readonly lies: StoredImage,
    private readonly options: VerifyImageOptions,
    private readonly inodes: ReadonlySet<number> | undefined,
  ) {
    this.#failures = new Failures(options.onFailure);
  }

  /** What was found wrong. */
  get failures(): Failures {
    return this.#failures;
  }

  /** What it is called in messages. */
  get shownName(): string {
    return (this.lies.image ?? this.lies.stored).shownName;
  }

  /** What it was built on, as its record says; known after `run`. */
  get base(): RecordBase | undefined {
    return this.#base;
  }

  /** Runs all checks but that of its sources. @throws as `verifyImage`, but for what is wrong */
  async run(): Promise<VerifiedImage> {
    const { unseen } = this.lies;
    if (unseen !== undefined) return await this.#runUnseen(unseen);
    const { sources = [] } = this.options;
    this.options.onCheck?.("record");
    const check = await this.#open();
    this.#base = check?.base;
    const record = check?.verdict ?? { state: "none" };
    const expected = this.#isPart ? undefined : await this.#expectedDigest(check);
    const isRead = this.options.digest !== "never" || this.#isPart;
    const { digest, contents } = isRead ? await this.#readContents(check, expected) : {};
    this.options.onCheck?.("structure");
    const { signal = NEVER } = this.options;
    const structure = await checkStructure(this.#image, this.#failures, signal);
    return {
      shownName: this.shownName,
      ...(digest === undefined ? {} : { digest }),
      record,
      ...(contents === undefined ? {} : { contents }),
      ...structure,
      sources,
    };
  }

  /** Nothing but the digest of what lies there can be compared. */
  async #runUnseen(unseen: Unseen): Promise<VerifiedImage> {
    const { stored } = this.lies;
    const { sources = [], digest } = this.options;
    if (this.#isPart || digest === "never" || sources.length > 0) throw unseen.error;
    if (unseen.state === "damaged") this.#failures.addStored(unseen.error as CorruptImageError);
    const expected = await expectedDigest(this.lies, this.options).catch((error) => {
      if (!hasCode(error, "no-side-file")) throw error;
      if (unseen.state !== "closed") return undefined;
      throw nothingToGoBy(stored.shownName, unseen);
    });
    const compared = expected && await this.#compareStored(expected);
    this.nameUnreadable();
    this.#failures.conclude(stored.shownName);
    if (unseen.state === "refused") throw unseen.error;
    return {
      shownName: this.shownName,
      ...compared,
      record: { state: "unseen", why: unseen.what },
      countInodes: 0,
      wasReplayed: false,
      sources,
    };
  }

  /** The image, where there is one. */
  get #image(): HostBlockSource {
    return this.lies.image!;
  }

  get #isPart(): boolean {
    return this.options.paths !== undefined || this.options.sample !== undefined;
  }

  /** @returns `undefined` where the image cannot be opened: the check of its structure says why */
  async #open(): Promise<ContentsCheck | undefined> {
    try {
      return await ContentsCheck.open(this.#image);
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
      return await expectedDigest(this.lies, this.options);
    } catch (error) {
      if (!hasCode(error, "no-side-file")) throw error;
      // What cannot be opened as it is, is damaged whatever its digest was.
      if (sources.length > 0 || check === undefined || check.isMended) return undefined;
      const record = check.verdict;
      if (record.state === "sound" || record.state === "broken") return undefined;
      if (record.state === "none") throw error;
      throw noSideFileNorRecord(this.#image.shownName, record.why);
    }
  }

  /** Reads what is to be read, once: for the digest of the image, for those of its files, or both. */
  async #readContents(
    check: ContentsCheck | undefined,
    expected: ExpectedDigest | undefined,
  ): Promise<Pick<VerifiedImage, "digest" | "contents">> {
    const { sample, seed = randomSeed() } = this.options;
    this.#judgeRecord(check?.verdict);
    this.options.onCheck?.("contents");
    // Of what is stored in something else, the digest is that of what lies there.
    const isWrapped = this.lies.stored !== this.#image;
    const compared = expected && (isWrapped || check?.verdict.state !== "sound")
      ? await this.#compareStored(expected)
      : {};
    if (check?.verdict.state !== "sound") {
      if (this.#isPart) throw noRecord(this.#image.shownName, check?.verdict);
      return compared;
    }
    const algorithm = isWrapped ? undefined : expected?.algorithm;
    const contents = await this.#compareContents(check, algorithm, seed);
    if (contents === undefined) return compared;
    for (const error of contents.storedDamage) this.#failures.addStored(error);
    await this.#nameDamaged(check, contents);
    const { countFiles, sizeBytes, totalBytes, digest } = contents;
    return {
      ...compared,
      ...(digest === undefined ? {} : await this.#judgeDigest(expected!, digest)),
      contents: { countFiles, sizeBytes, totalBytes, ...(sample === undefined ? {} : { seed }) },
    };
  }

  /** @returns `undefined` where what they lie in is too damaged to find them. */
  async #compareContents(
    check: ContentsCheck,
    algorithm: string | undefined,
    seed: number,
  ): Promise<ComparedContents | undefined> {
    const { signal = NEVER, sample } = this.options;
    const { inodes } = this;
    try {
      const selection = {
        ...(sample === undefined ? {} : { sample: { size: sample, seed } }),
        ...(inodes === undefined ? {} : { inodes }),
      };
      return await check.run(selection, algorithm, signal, this.#progress);
    } catch (error) {
      if (!(error instanceof StoredDamageError)) throw error;
      this.#failures.addStored(error);
      return undefined;
    }
  }

  async #compareStored(expected: ExpectedDigest): Promise<Pick<VerifiedImage, "digest">> {
    const { signal = NEVER } = this.options;
    const { algorithm } = expected;
    const onProgress = this.#progress;
    const { digest } = await passOver(this.lies.stored, { algorithm, signal, onProgress });
    return await this.#judgeDigest(expected, digest!);
  }

  readonly #progress = (done: number, total: number): void =>
    this.options.onProgress?.(done, total, "bytes");

  #judgeRecord(verdict: RecordVerdict | undefined): void {
    if (verdict?.state !== "broken") return;
    const message = `the record of its files' contents is damaged: ${verdict.why}`;
    this.#failures.add({ check: "record", message });
  }

  async #judgeDigest(
    expected: ExpectedDigest,
    digest: string,
  ): Promise<Pick<VerifiedImage, "digest">> {
    const { algorithm, sideFile } = expected;
    if (digest === expected.digest) return { digest: { algorithm, digest, sideFile } };
    this.#failures.addDigest(digestDiffers(this.lies.stored.shownName, digest, expected));
    for (
      const message of await wrongParts(
        this.lies.parts,
        this.options.signal ?? NEVER,
        this.#progress,
      )
    ) {
      this.#failures.add({ check: "part", message });
    }
    return {};
  }

  async #nameDamaged({ files }: ContentsCheck, compared: ComparedContents): Promise<void> {
    if (compared.damaged.length === 0 && compared.dirtyTails.length === 0) return;
    await using image = await openImage(this.#image, {
      cacheBytes: 8 << 20,
      layer: true,
      onBroken: () => {},
    });
    // Elsewhere they are ranges of what the image is stored in.
    const lost = this.lies.stored === this.#image ? this.lies.stored.lost : [];
    for await (const failure of damagedFiles(image, files, compared, lost)) {
      this.#failures.add(failure);
    }
  }

  /** Names what could not be read, once nothing more is read. */
  nameUnreadable(): void {
    const { lost: ranges, reason } = this.lies.stored;
    if (ranges.length === 0) return;
    const message = `${shownRanges(ranges)} cannot be read: ${reason}`;
    this.#failures.add({ check: "unreadable", ranges, message });
  }

  /**
   * Compares what it shows, with all that it lies on, with the folders it was built of.
   * @returns How many names could not be read.
   */
  async compare(sources: readonly string[]): Promise<number> {
    this.options.onCheck?.("source");
    try {
      return await compareWithSources(
        this.#base === undefined || this.options.layer === true ? this.#image : this.lies.location,
        sources,
        this.options,
        (difference) => this.#failures.add({ check: "source", difference }),
      );
    } catch (error) {
      if (!(error instanceof CorruptImageError)) throw error;
      this.#failures.isCompared = false;
      const { code, structure, message } = error;
      // Where the structure was found damaged, this is one of the places that were reported.
      if (!this.#failures.has("structure")) {
        this.#failures.add({ check: "structure", code, structure, message });
      }
      return 0;
    }
  }
}

function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]!;
}
