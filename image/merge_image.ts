/**
 * Makes one full image of an image and all that it lies on, without the folders they were built of.
 * @module
 */

import { resolve } from "node:path";
import { isRemote, nameOfLocation } from "../host/block_source/location.ts";
import { EnvironmentError } from "../host/environment_error.ts";
import { machine } from "../host/machine.ts";
import type { BuildEvent } from "../pipeline/events.ts";
import type { OptionValues } from "../pipeline/options.ts";
import { Pipeline } from "../pipeline/pipeline.ts";
import type { BuildResult } from "../pipeline/running/run.ts";
import { fsck } from "../steps/fsck.ts";
import { hash } from "../steps/hash.ts";
import { pack } from "../steps/pack.ts";
import type { ImageReader } from "./image_reader.ts";
import { readStackStep } from "./merge/read_stack_step.ts";
import { openImage } from "./open_image.ts";

/**
 * Merges a stack: the image becomes what a full build of the tree would have made of it with the
 * same options, byte for byte. Contents are compared with the records while they are copied.
 *
 * @param location The topmost image: a path or URL, as `openImage` takes it.
 * @param output Path of the image to make, or `-` for stdout.
 * @throws EnvironmentError as `openImage` does, and by its code `not-a-stack` for an image that lies
 * on nothing, `not-in-stack` for a `through` that is none of its images; StepError whose cause is
 * a VerificationError when contents differ from a record; else as `Pipeline.run` does. After a throw
 * nothing is left behind.
 */
export async function mergeImage(
  location: string,
  output: string,
  options: {
    /** Where the images below are looked for when they are not beside it. */
    readonly bases?: readonly string[];
    /** Merge only from this image down: its path, or its name as `layers` has it. */
    readonly through?: string;
    /** Default: that of the topmost image. */
    readonly label?: string;
    /** Default: derived from the tree, as `build` derives it. */
    readonly uuid?: string;
    /** `auto`, the default, `1024`, `2048` or `4096`. */
    readonly blockSize?: string;
    /** Of the digest beside the image; default `sha512`. */
    readonly algorithm?: string;
    /** Replace an image that is there already. */
    readonly force?: boolean;
    /** Of servers: the fewest bytes a minute before reading is given up; default 65,536; 0: none. */
    readonly leastBytesPerMinute?: number;
    /** Of encrypted images: who can decrypt them, as `openImage` takes it. */
    readonly identities?: readonly (string | Uint8Array)[];
    /** The same. */
    readonly askPassphrase?:
      | ((what: string) => Promise<string | undefined> | string | undefined)
      | undefined;
    /** The same. */
    readonly onMessage?: ((text: string) => void) | undefined;
    /** Cancels it. */
    readonly signal?: AbortSignal;
    /** Receives what happens, as for a build. */
    readonly emit?: (event: BuildEvent) => void;
  } = {},
): Promise<BuildResult> {
  const { bases, leastBytesPerMinute, identities, askPassphrase, onMessage, signal } = options;
  const reading = {
    ...(identities === undefined ? {} : { identities }),
    ...(askPassphrase === undefined ? {} : { askPassphrase }),
    ...(onMessage === undefined ? {} : { onMessage }),
    ...(bases === undefined ? {} : { bases }),
    ...(leastBytesPerMinute === undefined ? {} : { leastBytesPerMinute }),
    ...(signal === undefined ? {} : { signal }),
  };
  await using top = await openImage(location, reading);
  requireStack(top);
  if (options.through === undefined) return await merge(top, output, options);
  const through = findLayer(top, options.through);
  await using lower = await openImage(through, reading);
  requireStack(lower);
  return await merge(lower, output, options);
}

type MergeOptions = NonNullable<Parameters<typeof mergeImage>[2]>;

async function merge(
  image: ImageReader,
  output: string,
  options: MergeOptions,
): Promise<BuildResult> {
  const { hasAllTimes } = await image.record();
  const times = hasAllTimes === true ? "all" : "mtime";
  if (hasAllTimes === undefined) {
    const text = `not all images below ${image.shownName} hold all times: only the time of ` +
      "modification is kept";
    options.emit?.({ type: "message", level: "warning", text });
  }
  const { force, signal, emit, uuid, blockSize, algorithm, label = image.info.label } = options;
  const forPack: OptionValues = {
    times,
    ...(label === "" ? {} : { label }),
    ...(uuid === undefined ? {} : { uuid }),
    ...(blockSize === undefined ? {} : { blockSize }),
    ...(algorithm === undefined ? {} : { algorithm }),
  };
  const steps = [readStackStep(image, times), pack, fsck, hash];
  const recipe = { name: "merge", summary: "one full image of a stack", steps };
  const [{ location } = { location: undefined }] = image.layers;
  return await Pipeline.of(recipe, machine)
    .with("pack", forPack)
    .with("hash", algorithm === undefined ? {} : { algorithm })
    .run({
      sources: location === undefined || isRemote(location) ? [] : [location],
      output,
      ...(force === undefined ? {} : { force }),
      ...(signal === undefined ? {} : { signal }),
      ...(emit === undefined ? {} : { emit }),
    });
}

function requireStack({ layers, shownName }: ImageReader): void {
  if (layers.length > 1) return;
  throw new EnvironmentError(
    `cannot merge ${shownName}: it lies on no other image, and is whole as it is. Copy it.`,
    "not-a-stack",
  );
}

/** The location of a layer that the caller names by its path, or by its name. */
function findLayer({ layers, shownName }: ImageReader, wanted: string): string {
  const isSame = (location: string) =>
    isRemote(location) || isRemote(wanted)
      ? location === wanted
      : resolve(location) === resolve(wanted);
  const locations = layers.flatMap(({ location }) => location ?? []);
  const found = locations.find(isSame) ??
    locations.find((location) => nameOfLocation(location) === wanted);
  if (found !== undefined) return found;
  throw new EnvironmentError(
    `cannot merge ${shownName} from ${wanted} down: it does not lie on that. ` +
      `It lies on ${layers.slice(1).map(({ shownName }) => shownName).join(", ")}.`,
    "not-in-stack",
  );
}
