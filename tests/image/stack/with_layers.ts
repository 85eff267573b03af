/**
 * Layers that a test fills, and the tree that they make together.
 * @module
 */

import { mkdirSync } from "node:fs";
import type { ImageReader } from "../../../image/image_reader.ts";
import { openImage } from "../../../image/open_image.ts";
import { buildLayer } from "../../support/images/hand_made_layer.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

/** Fills the folders of layers, the lowest first, builds them, and opens the topmost. */
export async function withLayers(
  fills: readonly ((folder: string) => void)[],
  use: (image: ImageReader, images: readonly string[], folder: string) => Promise<void>,
): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const images: string[] = [];
    for (const [index, fill] of fills.entries()) {
      const source = `${folder}/s${index}`;
      mkdirSync(source);
      fill(source);
      const image = `${folder}/${index}.img`;
      await buildLayer(source, image, images[0]);
      images.unshift(image);
    }
    await using image = await openImage(images[0]!);
    await use(image, images, folder);
  });
}
