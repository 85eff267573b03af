/**
 * What a step is: a plain object with a name and a `run`.
 * @module
 */

import type { $Type } from "dax";
import type { TimeColumn, Tree, TreeInode } from "../ext4/tree.ts";
import type { StepEvent } from "./events.ts";
import type { Image, Payload, Phase } from "./image.ts";
import type { OptionsSchema, OptionValues } from "./options.ts";

/** The shell that steps get: `dax`'s `$`, see https://github.com/dsherret/dax. */
export type Shell = $Type;

/** The scanned source: its tree, and a way to its files. */
export interface ScannedSource {
  /** Names and metadata, as columns. */
  readonly tree: Tree;
  /**
   * When each inode, its metadata included, last changed: a file with another time is reported as
   * changed. Without it, the modification time alone counts.
   */
  readonly ctime?: TimeColumn;
  /** The source path of an inode's first name, printable. */
  pathOf(inode: TreeInode): string;
  /**
   * Opens a folder of the source, never through a symbolic link. The descriptor stays the
   * source's: it is valid until the next call and is not to be closed.
   */
  folder(inode: TreeInode): number;
  /**
   * Opens a regular file for reading; the caller closes the descriptor.
   * @throws SourceError `file-replaced` where another file has its name by now.
   */
  open(inode: TreeInode): number;
  /** Whether everybody may read all of it; who may not, may not read what is made of it. */
  readonly isPublic?: boolean;
  /** Closes the folders that were kept open. */
  close(): void;
}

/** What a step may know before anything has been written. */
export interface CheckContext {
  /** Absolute paths of the sources; `/.` at the end means "its contents". */
  readonly sources: readonly string[];
  /** Absolute path of the image to be, or `-` for stdout. */
  readonly output: string;
  /** Whether files that are there already may be replaced. */
  readonly force: boolean;
  /** Checked options, defaults filled in. */
  readonly options: OptionValues;
  /** Aborted by Ctrl-C and by signals. */
  readonly signal: AbortSignal;
}

/** What a step may use that tells what it would do: nothing by which it could write. */
export interface PreviewContext extends CheckContext {
  /** What `scan` found; `undefined` before it has run. */
  readonly source: ScannedSource | undefined;
  /** Shorthand for `source.tree`. */
  readonly tree: Tree | undefined;
  /** Tells the user how it goes. */
  emit(event: StepEvent): void;
  /** Hands the scanned source to the steps that follow. */
  provideSource(source: ScannedSource): void;
}

/** What a running step may use. */
export interface StepContext extends PreviewContext {
  /** Aborted by Ctrl-C and by signals; a step that takes long looks at it. */
  readonly signal: AbortSignal;
  /** Runs programs, with arguments quoted safely: await $`scp ${image.path} ${host}`. */
  readonly $: Shell;
  /** What the digests of this build are made by, e.g. `sha512`. */
  readonly digestAlgorithm: string;
  /**
   * The mode of files that hold what is in the source, before the umask: `0o600` unless everybody may
   * read all of the source. See `createFile` and `writeNew`, which take it.
   */
  readonly fileMode: number;
  /** A private folder of this build, removed at its end. */
  readonly workdir: string;
  /** Where a step with `streams` sends each byte of the image in order; absent when nobody listens. */
  readonly tap?: (bytes: Uint8Array) => Promise<void>;
  /**
   * Where a step with `streams` says before the first byte how many there will be, if it knows: a
   * store may then choose the size of its parts. Absent when nobody listens.
   */
  readonly announceSize?: (sizeBytes: number) => Promise<void>;
  /**
   * Where to write what is to lie beside the image: `NAME.partial`, until the build is done. Hand it
   * on as an artifact that has this path and the final one. What is still there under this name
   * when the build ends is removed; after `kill -9` the next build and `icecore clean` do it. It may
   * be a folder, too.
   *
   * @param name The final name, e.g. `photos.img.par2`.
   * @throws UsageError `no-file` when the image goes to stdout.
   */
  beside(name: string): string;
  /** Registers what must be undone, on success, failure and abort alike, in reverse order. */
  defer(release: Release): void;
  /**
   * Registers what must be taken back when the build fails or is interrupted, in this step or long
   * after it; e.g. what was stored elsewhere. It is run among those of `defer`, in reverse order,
   * and forgotten once the image lies under its name.
   */
  onFailure(takeBack: TakeBack): void;
}

/** How a build ended. */
export type Outcome = Succeeded | Failed;

/** The image lies under its final name. */
export interface Succeeded {
  /** How it ended. */
  readonly status: "succeeded";
  /** The image at its final place. */
  readonly image: Image;
  /** Whether a part of the source could not be read or changed while it was read. */
  readonly lossy: boolean;
  /** How long it took. */
  readonly seconds: number;
}

/** Nothing was left behind but what `kept` and `left` name. */
export interface Failed {
  /** How it ended. */
  readonly status: "failed" | "interrupted";
  /** The step that failed; absent when it was none. */
  readonly step?: string;
  /** A stable word for scripts. */
  readonly code: string;
  /** What went wrong, for people. */
  readonly message: string;
  /** The partial image that was kept, with `keep`. */
  readonly kept?: string;
  /** What steps stored elsewhere, e.g. URLs, and could not take back for sure. */
  readonly left?: readonly string[];
  /** How long it took. */
  readonly seconds: number;
}

/** What a step may use when the build has ended. */
export interface EndContext extends CheckContext {
  /** Tells the user something. */
  emit(event: StepEvent): void;
}

/** Undoes something; its error is collected, and the other releases still run. */
export type Release = () => void | Promise<void>;

/**
 * Takes back what a step stored elsewhere; as a {@linkcode Release} otherwise.
 *
 * @returns What stays there, or may: URLs, say. The error of an interrupted build names it.
 */
export type TakeBack = () =>
  | void
  | readonly string[]
  | Promise<void>
  | Promise<readonly string[]>;

/** One fact of a dry run: what would be done, for people and for scripts. */
export interface Fact {
  /** What the value is. */
  readonly label: string;
  /** The value itself. */
  readonly value: string | number | boolean;
  /** `bytes` are shown as a size. */
  readonly unit?: "bytes";
}

/**
 * The streaming form of a step: it takes the bytes of the payload while they are made, so that no
 * second copy is needed. Either `transform` or `sink` is there.
 */
export interface ByteStage {
  /** Turns the payload into another, e.g. its encrypted form. */
  readonly transform?: ReadableWritablePair<Uint8Array, Uint8Array>;
  /** The name of what `transform` makes, e.g. `photos.img.age`. */
  readonly name?: string;
  /** Takes the payload away, e.g. to a server. Closing it must not make it final yet. */
  readonly sink?: WritableStream<Uint8Array>;
  /**
   * Called when it is the step's turn in the pipeline: all bytes have gone through, and every step
   * before it has succeeded. A sink makes final here what it stored, and returns the new image. It is
   * called for the reason as well when the sink fails without one; the build fails all the same.
   *
   * @param stored What went into this stage: its size and digests.
   */
  finish?(image: Image, stored: Payload): Promise<Image | void>;
  /**
   * Called when the build fails before `finish` was called, or `finish` itself fails: nothing that
   * was stored may remain.
   */
  abort?(reason: unknown): Promise<void>;
}

/** What a stage is told before the first byte. */
export interface StreamStart {
  /** The name of the payload that comes in, e.g. `photos.img`. */
  readonly name: string;
  /** Its size, where it is known beforehand: that of a file is, and that of the image from `pack`. */
  readonly sizeBytes?: number;
}

/** One stage of a pipeline. Only `name` and `run` are required. */
export interface Step {
  /** Lower case letters, digits and hyphens; unique within a pipeline. */
  readonly name: string;
  /** One line for `icecore steps`, e.g. "copy the image to the vault". */
  readonly summary?: string;
  /** The phases an image may be in when the step begins; any when absent. */
  readonly accepts?: readonly Phase[];
  /** The phase it leaves; the same as before when absent. */
  readonly leaves?: Phase;
  /** Programs it runs, by name; looked for before the first byte is written. */
  readonly tools?: readonly string[];
  /** Whether it needs root. */
  readonly privileged?: boolean;
  /** The options it takes, by name. */
  readonly options?: OptionsSchema;
  /** Its place where the user gives none: before the step of this name. */
  readonly before?: string;
  /** Its place where the user gives none: behind the step of this name. */
  readonly after?: string;
  /** Whether it changes the bytes of a finished image; digests are then made anew. */
  readonly changes?: boolean;
  /**
   * Whether it makes digests of the image; it is run again behind steps that change the image. Its
   * option `algorithm`, where it has one, is that of all digests of the build.
   */
  readonly digests?: boolean;
  /** `false` when it never uses `$`, which spares loading it. */
  readonly shell?: false;
  /** Looks for reasons why it could not work, before anything is written; throws one. */
  check?(context: CheckContext): void | Promise<void>;
  /** For `--dry-run`: what it would do. It may read, but writes nothing. */
  preview?(image: Image, context: PreviewContext): Promise<readonly Fact[]>;
  /**
   * The streaming form, used instead of `run` where the payload is being made and all steps between
   * have one, too, or leave the bytes alone (`passive`).
   */
  stream?(start: StreamStart, context: StepContext): Promise<ByteStage> | ByteStage;
  /** Whether it makes the image front to back and hands each byte to `context.tap`. */
  readonly streams?: boolean;
  /** Whether its streaming form makes files of the payload that steps behind it get instead. */
  readonly leavesFiles?: boolean;
  /**
   * Whether it makes another payload of the one that comes in, as encryption does: then its
   * streaming form is a `transform`. A chain is checked by it before the first byte.
   */
  readonly transforms?: boolean;
  /**
   * What it reads. `image`: the image itself, wherever the step stands; its streaming form gets the
   * image's bytes then. `payload`: what steps before it made, whole. `parts`: that, or the parts it
   * was cut into. When absent, its streaming form gets the payload, and its `run` finds out.
   */
  readonly reads?: "image" | "payload" | "parts";
  /** Whether it leaves the payload alone: steps behind it may be fed before it has run. */
  readonly passive?: boolean;
  /** Does the work; returns the new image, or nothing when the record did not change. */
  run(image: Image, context: StepContext): Promise<Image | void> | Image | void;
  /**
   * Told how the build ended, after all was published or undone; also when a check before the first
   * byte failed. What it throws fails a build that succeeded, but the image stays; behind a failure
   * it is a warning. `context.signal` may be aborted already.
   */
  ended?(outcome: Outcome, context: EndContext): Promise<void> | void;
}

/** A named list of steps, read top to bottom. */
export interface Recipe {
  /** Its name. */
  readonly name: string;
  /** One line: what it does. */
  readonly summary: string;
  /** The steps in order. */
  readonly steps: readonly Step[];
}
