/**
 * The bases of builds, opened by their checks: what cannot be built on is named before anything is
 * scanned.
 * @module
 */

import { existsSync, realpathSync } from "node:fs";
import { resolve } from "node:path";
import { isRemote, shownLocation } from "../../host/block_source/location.ts";
import { UsageError } from "../../pipeline/build_errors.ts";
import type { CheckContext } from "../../pipeline/step.ts";
import type { BaseImage, OpenBase } from "./base_image.ts";

/** The options of `since` that say which base, and where what lies below it. */
export interface BaseOptions {
  readonly base: string;
  readonly bases: readonly string[];
  readonly identity: readonly string[];
}

/** Opens the bases of builds, and keeps them for the time of the build. */
export class OpenedBases {
  /** Each build has options of its own. */
  readonly #bases = new WeakMap<BaseOptions, BaseImage>();

  constructor(private readonly openBase: OpenBase) {}

  /**
   * Opens that of a build.
   * @throws UsageError `empty-path`, `output-is-base`; as {@linkcode OpenBase}
   */
  async open(
    options: BaseOptions,
    { output, signal }: Pick<CheckContext, "output" | "signal">,
  ): Promise<void> {
    const { base: location, bases, identity: identityFiles } = options;
    if (location === "") {
      throw new UsageError("cannot build on a base: its path is empty. Name it.", "empty-path");
    }
    requireOther(location, output);
    const base = await this.openBase(location, { signal, bases, identityFiles });
    this.#bases.set(options, base);
    for (const each of base.locations) requireOther(each, output);
  }

  /** That of a build, which is open. */
  of(options: BaseOptions): BaseImage {
    return this.#bases.get(options)!;
  }

  /** Closes that of a build, where it is open. */
  async close(options: BaseOptions): Promise<void> {
    const base = this.#bases.get(options);
    this.#bases.delete(options);
    await base?.close();
  }
}

/** @throws UsageError where the image would be written over one that it needs */
function requireOther(base: string, output: string): void {
  if (output === "-" || isRemote(base)) return;
  if (realPath(base) !== realPath(output)) return;
  throw new UsageError(
    `cannot write ${
      shownLocation(output)
    }: it is what the image is to be built on, and is needed ` +
      "to read it. Give the new image another name.",
    "output-is-base",
  );
}

function realPath(path: string): string {
  return existsSync(path) ? realpathSync(path) : resolve(path);
}
