/**
 * What is to be served: images, and catalogues, each of which stands for its volumes.
 * @module
 */

import { closeSync, openSync, readSync } from "node:fs";
import { isRemote, nameOfLocation } from "../../host/block_source/location.ts";
import type { ImageReader, OpenImageOptions } from "../../image/image_reader.ts";
import { openImage } from "../../image/open_image.ts";

/** An image that is to be opened. */
export interface ServedPlace {
  readonly name: string;
  open(options: OpenImageOptions): Promise<ImageReader>;
}

/** The images of what the user named. @throws EnvironmentError of a catalogue */
export async function servedPlaces(locations: readonly string[]): Promise<ServedPlace[]> {
  const places: ServedPlace[] = [];
  for (const location of locations) {
    if (isDatabase(location)) places.push(...await volumesOf(location));
    else {
      const open = (options: OpenImageOptions) => openImage(location, options);
      places.push({ name: nameOfLocation(location), open });
    }
  }
  return places;
}

async function volumesOf(path: string): Promise<ServedPlace[]> {
  const { Catalogue } = await import("../../volumes/catalogue/catalogue.ts");
  const { openVolume } = await import("../../volumes/catalogue/open_volume.ts");
  using catalogue = Catalogue.open(path);
  return [...catalogue.table.volumes.values()].map((volume) => ({
    name: volume.name,
    open: (options) => openVolume(volume, { catalogue: path }, options),
  }));
}

const MAGIC = "SQLite format 3\0";

/** Whether a file is a database of SQLite, as catalogues are. */
function isDatabase(location: string): boolean {
  if (isRemote(location)) return false;
  const start = new Uint8Array(MAGIC.length);
  try {
    const file = openSync(location, "r");
    try {
      readSync(file, start);
    } finally {
      closeSync(file);
    }
  } catch {
    // Opening it as an image says why it cannot be read.
    return false;
  }
  return new TextDecoder().decode(start) === MAGIC;
}
