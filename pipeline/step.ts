/**
 * What a step is: a plain object with a name and a `run`.
 * @module
 */

import type { $Type } from "dax";
import type { Tree } from "../ext4/tree.ts";
import type { ByteStage } from "./byte_stage.ts";
import type { BuildEvent } from "./events.ts";
import type { Image } from "./image.ts";
import type { OptionsSchema, OptionValues } from "./options.ts";
import type { ScannedSource } from "./scanned_source.ts";

/** The shell that steps get: `dax`'s `$`, see https://github.com/dsherret/dax. */
export type Shell = $Type;

export type { ScannedSource } from "./scanned_source.ts";

/** What a step may know before anything has been written. */
export interface CheckContext<Schema extends OptionsSchema = OptionsSchema> {
  /** Absolute paths of the sources; `/.` at the end means "its contents". */
  readonly sources: readonly string[];
  /** Absolute path of the image to be, or `-` for stdout. */
  readonly output: string;
  /** Whether files that are there already may be replaced. */
  readonly force: boolean;
  /** Checked options, defaults filled in. */
  readonly options: OptionValues<Schema>;
  /** Aborted by Ctrl-C and by signals. */
  readonly signal: AbortSignal;
}

/** What a running step may use. */
export interface StepContext<Schema extends OptionsSchema = OptionsSchema>
  extends CheckContext<Schema> {
  /**
   * What `scan` found; `undefined` before it has run.
   *
   * @internal Its shape follows the engine's needs.
   */
  readonly source: ScannedSource | undefined;
  /**
   * Shorthand for `source.tree`.
   *
   * @internal
   */
  readonly tree: Tree | undefined;
  /** Reports an event to the user; the step's name is added to it. */
  emit(
    event:
      | Omit<Extract<BuildEvent, { readonly type: "progress" }>, "step">
      | Omit<Extract<BuildEvent, { readonly type: "message" }>, "step">
      | Omit<Extract<BuildEvent, { readonly type: "command" }>, "step">
      | Omit<Extract<BuildEvent, { readonly type: "problem" }>, "step">,
  ): void;
  /**
   * Hands the scanned source to the steps that follow.
   *
   * @internal
   */
  provideSource(source: ScannedSource): void;
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
   * also be a folder.
   *
   * @param name The final name, e.g. `photos.img.par2`.
   * @throws UsageError `no-file` when the image goes to stdout.
   */
  beside(name: string): string;
  /** Registers what must be undone, on success, failure and abort alike, in reverse order. */
  defer(release: () => void | Promise<void>): void;
  /**
   * Registers what must be taken back when the build fails or is interrupted, in this step or long
   * after it; e.g. what was stored elsewhere. It is run among those of `defer`, in reverse order,
   * and forgotten once the image lies under its name.
   *
   * @param takeBack Returns what stays there, or may: URLs, say. The error of an interrupted build
   * names it.
   */
  onFailure(
    takeBack: () =>
      | void
      | readonly string[]
      | Promise<void>
      | Promise<readonly string[]>,
  ): void;
}

/** How a build ended. */
export type Outcome =
  /** The image lies under its final name. */
  | {
    readonly status: "succeeded";
    /** The image at its final place. */
    readonly image: Image;
    /** Whether a part of the source could not be read or changed while it was read. */
    readonly lossy: boolean;
    /** How long it took. */
    readonly seconds: number;
  }
  /** Nothing was left behind but what `kept` and `left` name. */
  | {
    readonly status: "failed" | "interrupted";
    /** The step that failed; absent when no step did. */
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
  };

/** What a step may use while it previews its work. */
export type PreviewContext<Schema extends OptionsSchema = OptionsSchema> = Parameters<
  NonNullable<Step<Schema>["preview"]>
>[1];

/** What a step may emit; the runner adds the step's name. */
export type StepEvent = Parameters<StepContext["emit"]>[0];

/** Undoes something; its error is collected, and the other releases still run. */
export type Release = Parameters<StepContext["defer"]>[0];

/** Takes back what a step stored elsewhere; as a {@linkcode Release} otherwise. */
export type TakeBack = Parameters<StepContext["onFailure"]>[0];

/** One fact of a dry run: what would be done, for people and for scripts. */
export type Fact = Awaited<ReturnType<NonNullable<Step["preview"]>>>[number];

/** What is known of the payload before its first byte. */
export type StreamStart = Parameters<NonNullable<Step["stream"]>>[0];

/** What a step may use when the build has ended. */
export type EndContext = Parameters<NonNullable<Step["ended"]>>[1];

/** One stage of a pipeline. Only `name` and `run` are required. */
export interface Step<Schema extends OptionsSchema = OptionsSchema> {
  /** Lower case letters, digits and hyphens; unique within a pipeline. */
  readonly name: string;
  /** One line for `icecore steps`, e.g. "copy the image to the vault". */
  readonly summary?: string;
  /** The phases an image may be in when the step begins; any when absent. */
  readonly accepts?: readonly Image["phase"][];
  /** The phase it leaves; the same as before when absent. */
  readonly leaves?: Image["phase"];
  /** Programs it runs, by name; looked for before the first byte is written. */
  readonly tools?: readonly string[];
  /** Whether it needs root. */
  readonly privileged?: boolean;
  /** The options it takes, by name. */
  readonly options?: Schema;
  /** Its place where the user gives none: before the step of this name. */
  readonly before?: string;
  /** Its place where the user gives none: behind the step of this name. */
  readonly after?: string;
  /** Whether it changes the bytes of a finished image; digests are then computed again. */
  readonly changes?: boolean;
  /**
   * Whether it makes digests of the image; it is run again behind steps that change the image. Its
   * option `algorithm`, where it has one, is that of all digests of the build.
   */
  readonly digests?: boolean;
  /** `false` when it never uses `$`, which spares loading it. */
  readonly shell?: false;
  /**
   * Looks for reasons why it could not work, before anything is written; throws one. What it opens
   * for `run` or `preview`, it has `context.defer` close.
   */
  check?(
    context: CheckContext<Schema> & Pick<StepContext<Schema>, "defer">,
  ): void | Promise<void>;
  /**
   * For a dry run: facts of what it would do. It may read, but writes nothing, and its context has
   * nothing by which it could.
   *
   * @returns What each value is, and the value; `bytes` are shown as a size.
   */
  preview?(
    image: Image,
    context:
      & CheckContext<Schema>
      & Pick<StepContext<Schema>, "source" | "tree" | "emit" | "provideSource">,
  ): Promise<
    readonly {
      readonly label: string;
      readonly value: string | number | boolean;
      readonly unit?: "bytes";
    }[]
  >;
  /**
   * The streaming form, used instead of `run` where the payload is being made and all steps between
   * also have one, or leave the bytes alone (`passive`).
   *
   * @param start The name of the payload that comes in, e.g. `photos.img`, and its size in bytes
   * where it is known beforehand: that of a file is, and that of the image from `pack`.
   */
  stream?(
    start: { readonly name: string; readonly sizeBytes?: number },
    context: StepContext<Schema>,
  ): Promise<ByteStage> | ByteStage;
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
  run(image: Image, context: StepContext<Schema>): Promise<Image | void> | Image | void;
  /**
   * Called when the build has ended, after all was published or undone; also when a check before
   * the first byte failed. What it throws fails a build that succeeded, but the image stays; after a
   * failure it is a warning. `context.signal` may be aborted already.
   */
  ended?(
    outcome: Outcome,
    context: CheckContext<Schema> & Pick<StepContext<Schema>, "emit">,
  ): Promise<void> | void;
}

/**
 * A step whose functions know the types of its options from their schema.
 *
 * ```ts
 * import { defineStep } from "icecore";
 *
 * export default defineStep({
 *   name: "wait",
 *   after: "hash",
 *   options: {
 *     seconds: { type: "number", help: "how long", default: 1 },
 *     reason: { type: "string", help: "why" },
 *   },
 *   async run(_image, { options }) {
 *     const { seconds, reason } = options; // number, string | undefined
 *     await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
 *     if (reason !== undefined) console.error(reason);
 *   },
 * });
 * ```
 *
 * @returns The step as it is.
 */
export function defineStep<const Schema extends OptionsSchema = Record<never, never>>(
  step: Step<Schema>,
): Step<Schema> {
  return step;
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
