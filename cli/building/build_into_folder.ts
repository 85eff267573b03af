/**
 * `icecore build --to FOLDER`: an image under a name with a date, verified, after which older ones
 * go that no rule keeps.
 * @module
 */

import { existsSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { basename, join, resolve } from "node:path";
import { CorruptImageError } from "../../ext4/image_errors.ts";
import { nowMs } from "../../host/clock.ts";
import { EnvironmentError } from "../../host/environment_error.ts";
import { lockFolder } from "../../host/files/folder_lock.ts";
import { releaseLeftovers } from "../../host/leftovers/leftovers.ts";
import { hasCode } from "../../host/libc/errno.ts";
import { printable } from "../../host/libc/paths.ts";
import { messageOf, UsageError, VerificationError } from "../../pipeline/build_errors.ts";
import type { BuildEvent, EventSink } from "../../pipeline/events.ts";
import { defaultImageName } from "../../pipeline/image_name.ts";
import type { BuildResult } from "../../pipeline/running/run.ts";
import { absoluteSource } from "../../pipeline/source_path.ts";
import { readExcludeFile } from "../../source/exclude_file.ts";
import { checkOutputOutside, placeSources } from "../../source/placement.ts";
import { faceOf, type FolderImage, readImageFolder } from "../rotation/image_folder.ts";
import { writeNote } from "../rotation/image_note.ts";
import { originOf } from "../rotation/image_origin.ts";
import { hasKeepRules, type KeepRules } from "../rotation/keep_rules.ts";
import { type NextImage, nextImage } from "../rotation/next_image.ts";
import { pruneFolder, withVerified } from "../rotation/prune_folder.ts";
import { type Decision, removalPlan } from "../rotation/removal_plan.ts";
import { finishRemovals } from "../rotation/remove_image.ts";
import { hinderedLine } from "../listing/image_rows.ts";
import { UnreadImages } from "../rotation/unread_images.ts";
import { verifyInFolder } from "../rotation/verify_in_folder.ts";
import { recipeFile } from "./build_request.ts";
import type { BuildValues } from "./build_values.ts";

/** What is built where, and what is kept. */
export interface FolderBuild {
  readonly folder: string;
  /** All in front of the date in the images' names. */
  readonly series: string;
  readonly sources: readonly string[];
  /** Whose images they are. */
  readonly host: string;
  readonly fullEvery: number;
  readonly rules: KeepRules;
}

/** What becomes of it. */
export interface FolderBuildHooks {
  readonly emit: EventSink;
  readonly signal: AbortSignal;
  /** Builds the image, on another one where one is named. */
  build(output: string, base: string | undefined): Promise<BuildResult>;
  onRemoved(image: FolderImage): void;
}

/** @throws UsageError where options contradict each other; EnvironmentError `no-folder` */
export function folderBuildOf(values: BuildValues, rules: KeepRules): FolderBuild {
  const { to, fullEvery, output, base } = values;
  const refused = output !== undefined ? "-o" : base.length > 0 ? "--base" : undefined;
  if (refused !== undefined) {
    throw new UsageError(
      `cannot use --to with ${refused}: it names the image, and chooses what it is built on ` +
        "(--full-every). Leave one of them out.",
      "unusable-flag",
    );
  }
  const sources = values.sources.map(absoluteSource);
  const series = defaultImageName(sources)?.slice(0, -".img".length);
  if (series === undefined) {
    throw new UsageError(
      "cannot name images after /: the root folder has no name. Build it with -o.",
      "no-name",
    );
  }
  const folder = resolve(to!);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    // It is not made: where a disk is not mounted, images would go to the disk below.
    throw new EnvironmentError(
      `cannot build into ${printable(folder)}: there is no such folder. ` +
        "Make it, or mount the disk that it is on.",
      "no-folder",
    );
  }
  // Before anything is written there. What a recipe file leaves out is known only later.
  if (recipeFile(values.recipe) === undefined) {
    const exclude = [...values.exclude, ...values.excludeFrom.flatMap(readExcludeFile)];
    placeSources(sources);
    checkOutputOutside(
      sources,
      join(folder, `${series}.img`),
      values.oneFileSystem === true,
      exclude,
    );
  }
  const host = values.hostName ?? hostname();
  return { folder, series, sources, host, fullEvery: fullEvery ?? 1, rules };
}

/** What would be built, and what would become of the images that are there; writes nothing. */
export async function planFolderBuild(
  { folder, series, fullEvery, rules, sources, host }: FolderBuild,
): Promise<NextImage & { readonly output: string; readonly decisions: readonly Decision[] }> {
  const images = await readImageFolder(folder);
  const origin = originOf({ sources, host });
  const next = nextImage(images, { series, origin }, nowMs(), fullEvery, isTaken(folder));
  const output = join(folder, next.name);
  const planned: FolderImage = {
    name: next.name,
    location: output,
    sizeBytes: 0,
    note: { icecore: 1, sources, lossy: false },
    series,
    takenMs: nowMs(),
    ...next.base && { baseName: next.base.name },
    isBaseUnknown: false,
    isOurs: true,
    origin,
    isVerified: true,
  };
  const all = [...images, planned];
  const decisions = hasKeepRules(rules)
    ? removalPlan(all, rules, { series, origin, nowMs: nowMs() })
    : [];
  return { ...next, output, decisions };
}

/** Builds, verifies, and removes. Whatever fails, nothing that was there before has gone. */
export async function buildIntoFolder(
  { folder, series, sources, host, fullEvery, rules }: FolderBuild,
  { emit, signal, build, onRemoved }: FolderBuildHooks,
): Promise<BuildResult> {
  const unlock = lockFolder(folder);
  const origin = originOf({ sources, host });
  const unread = new UnreadImages();
  try {
    await releaseLeftovers([folder]);
    await finishRemovals(folder);
    const watched = { series, signal, unread, ...announced(emit) };
    await withVerified(folder, await readImageFolder(folder), watched);
    const { result, begun } = await buildNext(new Date(nowMs()).toISOString());
    const output = result.image.finalPath;
    const files = filesBeside(result, folder);
    const uuid = (await faceOf(output)).face?.uuid;
    const about = { ...begun, ...uuid !== undefined && { uuid } };
    await writeNote(output, { ...about, lossy: result.lossy, files });
    await verifyNew(output, { signal, emit });
    const built = basename(output);
    if (hasKeepRules(rules)) {
      await pruneFolder(folder, rules, { ...watched, origin, built, onRemoved });
    }
    unread.conclude();
    return result;
  } finally {
    unlock();
  }

  /** On the newest image that can be built on: one that was damaged since shows it only now. */
  async function buildNext(taken: string) {
    for (let mostLayers = fullEvery;;) {
      const images = await readImageFolder(folder);
      const of = { series, origin };
      const { name, base } = nextImage(images, of, nowMs(), mostLayers, isTaken(folder));
      const output = join(folder, name);
      const begun = { icecore: 1, taken, sources, host, ...base && { base: base.name } } as const;
      // Before the image: killed after it has its name, it would be of nobody knows what.
      await writeNote(output, { ...begun, building: true });
      try {
        return { result: await build(output, base?.location), begun };
      } catch (error) {
        await finishRemovals(folder);
        if (base === undefined || !isOfBase(error)) throw error;
        const shown = printable(base.name);
        message(
          emit,
          "warning",
          `cannot build on ${shown}, which is verified now: ${messageOf(error)}`,
        );
        try {
          const isFound = await verifyChain(base, images, { signal, emit });
          if (!isFound) throw error;
        } catch (error) {
          // Nobody knows how it is; a full image needs none of it.
          unread.add(base.name, error, signal);
          mostLayers = 1;
        }
      }
    }
  }
}

/** Whether it may be the image below that is at fault, and not the source, the disk or the user. */
function isOfBase(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each instanceof CorruptImageError || hasCode(each, ...BASE_CODES)) return true;
  }
  return false;
}

const BASE_CODES = ["bad-base", "base-missing", "wrong-base", "base-unreadable"];

/** Verifies an image and all that it lies on. @returns Whether one of them is damaged. */
async function verifyChain(
  top: FolderImage,
  images: readonly FolderImage[],
  { signal, emit }: { readonly signal: AbortSignal; readonly emit: EventSink },
): Promise<boolean> {
  let isFound = false;
  for (let at: FolderImage | undefined = top; at !== undefined;) {
    const { result, why } = await verifyInFolder(at.location, { signal, ...progressOf(emit) });
    if (result === "damaged") {
      isFound = true;
      message(emit, "warning", `${printable(at.name)} is damaged: ${why}`);
    }
    const { baseName }: FolderImage = at;
    at = images.find(({ name }) => name === baseName);
  }
  return isFound;
}

async function verifyNew(
  output: string,
  { signal, emit }: { readonly signal: AbortSignal; readonly emit: EventSink },
): Promise<void> {
  const { result, why } = await verifyInFolder(output, { signal, ...progressOf(emit) });
  if (result === "right") return;
  throw new VerificationError(
    `cannot trust the image that was just written: ${why} Nothing older was removed. ` +
      "Look at the disk, and at the memory of this machine.",
  );
}

function isTaken(folder: string): (name: string) => boolean {
  return (name) => existsSync(join(folder, name));
}

/** Side files, and what steps have made beside the image. */
function filesBeside({ image }: BuildResult, folder: string): string[] {
  return image.artifacts.map(({ finalPath }) => finalPath)
    .filter((path) => path.startsWith(`${folder}/${image.name}.`) && existsSync(path))
    .map((path) => basename(path));
}

function announced(emit: EventSink) {
  const onVerify = ({ name }: FolderImage) =>
    message(emit, "info", `verify ${printable(name)}, which nobody has looked at yet`);
  const onHindered = (image: FolderImage) => message(emit, "warning", hinderedLine(image));
  return { onVerify, onHindered, ...progressOf(emit) };
}

function progressOf(emit: EventSink) {
  return {
    onProgress: (done: number, total: number | undefined, unit: "files" | "bytes") =>
      emit({ type: "progress", step: "verify", done, unit, ...total !== undefined && { total } }),
  };
}

function message(
  emit: EventSink,
  level: Extract<BuildEvent, { type: "message" }>["level"],
  text: string,
): void {
  emit({ type: "message", level, text });
}
