/**
 * The file an image is written to: claimed by one build, published whole or not at all.
 * @module
 */

import { accessSync, constants, lstatSync, realpathSync, type Stats, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { ALGORITHMS } from "../digests/file_digest.ts";
import { atForcedExit } from "../ends/forced_exit.ts";
import { EnvironmentError } from "../environment_error.ts";
import { close, type Descriptor } from "../libc/files.ts";
import { printable } from "../libc/paths.ts";
import { BuildRecord } from "./build_record.ts";
import { checkPartial, claimPartial, inTheWay, notWritable, partialsOf } from "./claim_partial.ts";
import { limitMode, setImageMode } from "./file_mode.ts";
import { checkNameLength } from "./name_length.ts";
import { Publication, type Publishable } from "./publication.ts";
import { explainPublish } from "./publish_error.ts";
import { requireFree } from "./require_free.ts";
import { syncPath } from "./sync_path.ts";

/** A claimed output. */
export interface ClaimedOutput {
  /** `IMAGE.partial`. */
  readonly path: string;
  /**
   * Writes down a file or folder beside the output that goes when the build ends, however it ends.
   *
   * @throws EnvironmentError `name-too-long`, `not-writable`.
   */
  record(path: string): void;
  /**
   * Syncs everything to disk and renames it, the image last: all of it or nothing.
   *
   * @param isPublic Whether everybody may read the image and what was made of it.
   */
  publish(sideFiles: readonly Publishable[], isPublic: boolean): Promise<void>;
  /** Removes what is left behind a published image, and gives the claim up. */
  settle(): void;
  /** Removes the side files and, unless `keep`, the partial image, and gives the claim up. */
  discard(sideFiles: readonly Pick<Publishable, "path">[], keep: boolean): void;
}

/**
 * Looks whether an output could be claimed, and touches nothing.
 *
 * @throws EnvironmentError `no-folder`, `not-writable`, `name-too-long`, `output-exists`.
 */
export function checkOutput(finalPath: string, force: boolean): void {
  const shown = printable(finalPath);
  checkFolder(dirname(finalPath), shown);
  checkNameLength(finalPath, LONGEST_SUFFIX);
  requireFree(finalPath, force);
  for (const name of ALGORITHMS) {
    checkSideFile(`${finalPath}.${name}`, shown, force);
    // It is written without asking, and a FIFO would have that wait for ever.
    const partial = `${finalPath}.${name}.partial`;
    if (lstatSync(partial, { throwIfNoEntry: false })?.isFile() === false) {
      throw inTheWay(partial, shown);
    }
  }
}

/**
 * Claims an output for this build alone.
 *
 * @throws EnvironmentError as `checkOutput` does, and `output-busy`.
 */
export function claimOutput(finalPath: string, force: boolean): ClaimedOutput {
  checkOutput(finalPath, force);
  // Side files of other algorithms describe the image that is replaced.
  return claimFile(finalPath, force, ALGORITHMS.map((name) => `${finalPath}.${name}`));
}

/**
 * Claims a file that is not an image, such as what is joined of parts.
 *
 * @param replaces Files that go when this one is there, with `force`.
 * @throws EnvironmentError `output-exists`, `output-busy`, `not-writable`.
 */
export function claimFile(
  finalPath: string,
  force: boolean,
  replaces: readonly string[] = [],
): ClaimedOutput {
  const shown = printable(finalPath);
  checkFolder(dirname(finalPath), shown);
  requireFree(finalPath, force);
  // The real folder: by any way that leads to it, the partial file has one name.
  const folder = realpathSync(dirname(finalPath));
  const real = `${folder === "/" ? "" : folder}/${basename(finalPath)}`;
  const record = BuildRecord.begin(real, shown);
  try {
    const path = `${real}.partial`;
    const lock = claimPartial(path, shown);
    return new Claim(path, { finalPath, replaces }, force, record, lock);
  } catch (error) {
    record.end([]);
    throw error;
  }
}

class Claim implements ClaimedOutput {
  #publication: Publication | undefined;
  #isPublished = false;
  readonly #forget = atForcedExit(() => {
    if (this.#isPublished) this.settle();
    else this.#giveUp(partialsOf(this.path));
  });

  constructor(
    readonly path: string,
    private readonly final: Omit<Publishable, "path">,
    private readonly force: boolean,
    private readonly recorded: BuildRecord,
    private readonly lock: Descriptor,
  ) {}

  record(path: string): void {
    checkPartial(path);
    this.recorded.note(path);
  }

  async publish(sideFiles: readonly Publishable[], isPublic: boolean): Promise<void> {
    const { path, final, force } = this;
    const files = [...sideFiles.map(withStaleDigests), { ...final, path }];
    for (const each of files) await this.#complete(each, isPublic);
    const publication = Publication.plan(files, force);
    await this.recorded.notePublishing(publication.moves);
    this.#publication = publication;
    await publication.run();
    this.#isPublished = true;
  }

  settle(): void {
    this.#forget();
    this.#end(this.#publication?.asides ?? []);
  }

  discard(sideFiles: readonly Pick<Publishable, "path">[], keep: boolean): void {
    this.#forget();
    // Those also that a step has begun and not handed on.
    const begun = partialsOf(this.path).filter((file) => file !== this.path);
    const own = keep ? [] : [this.path];
    this.#giveUp([...begun, ...sideFiles.map((side) => side.path), ...own]);
  }

  async #complete({ path, finalPath }: Publishable, isPublic: boolean): Promise<void> {
    try {
      if (path === this.path) setImageMode(path, isPublic);
      else limitMode(path, isPublic);
      await syncPath(path);
    } catch (error) {
      throw explainPublish(finalPath, error);
    }
  }

  #giveUp(left: readonly string[]): void {
    const [error] = this.#publication?.undo() ?? [];
    if (error === undefined) return this.#end(left);
    this.recorded.leave();
    close(this.lock);
    throw error;
  }

  #end(left: readonly string[]): void {
    try {
      this.recorded.end(left);
    } finally {
      close(this.lock);
    }
  }
}

function checkFolder(folder: string, shown: string): void {
  const status = folderStatus(folder, shown);
  if (status === undefined) {
    throw new EnvironmentError(
      `cannot write ${shown}: the folder ${printable(folder)} does not exist. ` +
        "Make it with mkdir -p, or choose another place.",
      "no-folder",
    );
  }
  if (!status.isDirectory()) {
    throw new EnvironmentError(
      `cannot write ${shown}: ${printable(folder)} is not a folder. Choose another place.`,
      "no-folder",
    );
  }
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw notWritable(shown, folder, error);
  }
}

function folderStatus(folder: string, shown: string): Stats | undefined {
  try {
    return statSync(folder, { throwIfNoEntry: false });
  } catch (error) {
    throw notWritable(shown, folder, error);
  }
}

/** A side file with no image beside it may be all that is left of what an image was. */
function checkSideFile(path: string, shown: string, force: boolean): void {
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (status === undefined || (force && !status.isDirectory())) return;
  throw new EnvironmentError(
    `cannot write ${shown}: its side file ${printable(path)} exists already` +
      (status.isDirectory()
        ? " and is a folder. Choose another name."
        : ". Replace it, or choose another name."),
    "output-exists",
  );
}

/** Digests of other algorithms describe what a digest beside it describes, as it was before. */
function withStaleDigests(file: Publishable): Publishable {
  const algorithm = ALGORITHMS.find((name) => file.finalPath.endsWith(`.${name}`));
  if (algorithm === undefined) return file;
  const described = file.finalPath.slice(0, -algorithm.length - 1);
  const stale = ALGORITHMS.map((name) => `${described}.${name}`);
  return { ...file, replaces: [...file.replaces ?? [], ...stale] };
}

/** The longest that is put behind an image's name while it is built. */
const LONGEST_SUFFIX = ".sha512.partial";
