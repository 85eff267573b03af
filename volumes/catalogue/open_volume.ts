/**
 * The volumes of a catalogue, wherever they are.
 * @module
 */

import { dirname, join, resolve } from "node:path";
import { isRemote, shownLocation } from "../../host/block_source/location.ts";
import { EnvironmentError } from "../../host/environment_error.ts";
import type { ImageReader, OpenImageOptions } from "../../image/image_reader.ts";
import { openImage } from "../../image/open_image.ts";
import type { CataloguedVolume } from "./volume_table.ts";

/** Where volumes are looked for. */
export interface VolumePlaces {
  /** The catalogue's own path: locations that it stores begin in its folder. */
  readonly catalogue: string;
  /** A folder or URL that all volumes lie in by their names, wherever they were when indexed. */
  readonly base?: string | undefined;
}

/** Where a volume is. */
export function locationOf(volume: CataloguedVolume, { catalogue, base }: VolumePlaces): string {
  if (base === undefined) {
    return isRemote(volume.location)
      ? volume.location
      : resolve(dirname(resolve(catalogue)), volume.location);
  }
  if (!isRemote(base)) return join(base, volume.name);
  if (/^s3:/i.test(base)) return `${base.replace(/\/+$/, "")}/${volume.name}`;
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/${encodeURIComponent(volume.name)}`;
  return url.href;
}

/**
 * Opens a volume.
 * @throws EnvironmentError `wrong-volume` when another image has its place; what opening one throws
 */
export async function openVolume(
  volume: CataloguedVolume,
  places: VolumePlaces,
  options: OpenImageOptions = {},
): Promise<ImageReader> {
  const location = locationOf(volume, places);
  const image = await openImage(location, options);
  if (image.info.uuid === volume.uuid && image.sizeBytes === volume.sizeBytes) return image;
  await image.close();
  throw new EnvironmentError(
    `cannot read the volume ${
      shownLocation(location)
    }: it is not the image that the catalogue was ` +
      "made of. Make the catalogue anew, or bring the volume back.",
    "wrong-volume",
  );
}
