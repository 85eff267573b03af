/**
 * What the commands that read a catalogue have in common.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { argument, option } from "@optique/core/primitives";
import { PathError } from "../../ext4/reader/path_error.ts";
import type { ImageReader } from "../../image/image_reader.ts";
import type { Catalogue } from "../../volumes/catalogue/catalogue.ts";
import type { Catalogued } from "../../volumes/catalogue/find_entries.ts";
import { openVolume } from "../../volumes/catalogue/open_volume.ts";
import { resolvePath } from "../../volumes/catalogue/resolve_path.ts";
import type { CataloguedVolume } from "../../volumes/catalogue/volume_table.ts";
import { fileValue } from "../arguments/file_value.ts";
import { decrypting, type DecryptingValues, decryptionOptions } from "../arguments/identities.ts";
import { serverOptions, servers, type ServersValues } from "../arguments/servers.ts";
import { bytesOfPrinted } from "../arguments/typed_path.ts";

/** The catalogue. */
export const catalogueArgument = argument(fileValue("CATALOGUE"), {
  description: message`The catalogue: a file that icecore volume index has made.`,
});

/** How volumes are reached, as a parser to be merged into a command's. */
export const reachingVolumes = merge(
  object("Volumes", {
    volumes: optional(option("--volumes", fileValue("BASE", "directory"), {
      description:
        message`Where the volumes are now: a folder, an http or https URL, or s3://BUCKET/FOLDER. Default: where they were when the catalogue was made, seen from its folder.`,
    })),
  }),
  decrypting,
  servers,
);

/** The values of a command that reads a catalogue. */
export interface CatalogueValues extends DecryptingValues, ServersValues {
  readonly catalogue: string;
  readonly volumes: string | undefined;
}

/** Opens volumes of a catalogue: the one that was opened last stays open, and no other. */
export class OneVolume implements AsyncDisposable {
  #id: number | undefined;
  #image: ImageReader | undefined;

  constructor(private readonly values: CatalogueValues, private readonly signal?: AbortSignal) {}

  /** The image of a volume. */
  async open(volume: CataloguedVolume): Promise<ImageReader> {
    if (this.#id === volume.id && this.#image !== undefined) return this.#image;
    await this[Symbol.asyncDispose]();
    const { catalogue, volumes: base } = this.values;
    this.#image = await openVolume(volume, { catalogue, base }, {
      ...decryptionOptions(this.values),
      ...serverOptions(this.values),
      ...this.signal === undefined ? {} : { signal: this.signal },
      // What a volume lies on is where it is.
      ...base === undefined ? {} : { bases: [base] },
    });
    this.#id = volume.id;
    return this.#image;
  }

  /** Closes what is open. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#image?.close();
    this.#image = undefined;
  }
}

/**
 * Looks a typed path up, as `findTyped` does in an image.
 * @param follows whether a symbolic link at its end is followed
 */
export async function findCatalogued(
  catalogue: Catalogue,
  typed: string,
  follows: boolean,
  volumes: OneVolume,
): Promise<Catalogued> {
  const find = (path: string | Uint8Array) =>
    resolvePath(catalogue, path, follows, async (link) => {
      const image = await volumes.open(link.layer.volume);
      return await image.readLink(link.path);
    });
  try {
    return await find(typed);
  } catch (error) {
    const path = typed.includes("\\") ? bytesOfPrinted(typed) : undefined;
    if (path === undefined || !(error instanceof PathError)) throw error;
    return await find(path).catch((second) => {
      throw second instanceof PathError ? error : second;
    });
  }
}
