/**
 * Compares an image with the folders that it was built of.
 * @module
 */

import type { HostBlockSource } from "../../host/block_source/block_source.ts";
import { printable } from "../../host/libc/paths.ts";
import { diffWithFolders } from "../diff.ts";
import type { Difference } from "../diff/difference.ts";
import { unsupportedProblem } from "../diff/side.ts";
import type { OpenImageOptions } from "../image_reader.ts";
import { openImage } from "../open_image.ts";
import type { VerifyImageOptions } from "./verification.ts";

/**
 * Compares.
 *
 * @returns How many names could not be read.
 * @throws CorruptImageError where the image is too damaged to be compared.
 */
export async function compareWithSources(
  source: HostBlockSource | string,
  sources: readonly string[],
  options: VerifyImageOptions,
  onDifference: (difference: Difference) => void,
): Promise<number> {
  const { exclude, oneFileSystem, signal, onProgress, onProblem } = options;
  let countLeftOut = 0;
  await using image = await openImage(source, {
    ...typeof source === "string" ? readingOf(options) : { layer: true },
    cacheBytes: 8 << 20,
    onUnsupported: (error, path = new Uint8Array()) => {
      countLeftOut++;
      const reason = unsupportedProblem(error);
      onProblem?.({ kind: "unreadable", path: printable(path), reason });
    },
  });
  const { countProblems } = await diffWithFolders(image, sources, {
    ...(exclude === undefined ? {} : { exclude }),
    ...(oneFileSystem === undefined ? {} : { oneFileSystem }),
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(onProblem === undefined ? {} : { onProblem }),
    onDifference,
  });
  return countProblems + countLeftOut;
}

/** The options by which images are opened. */
export function readingOf(options: VerifyImageOptions): OpenImageOptions {
  const { bases, layer, leastBytesPerMinute, identities, askPassphrase, onMessage } = options;
  const { signal, partition, imageOffsetBytes } = options;
  return {
    ...bases && { bases },
    ...(layer === undefined ? {} : { layer }),
    ...(leastBytesPerMinute === undefined ? {} : { leastBytesPerMinute }),
    ...identities && { identities },
    askPassphrase,
    onMessage,
    partition,
    imageOffsetBytes,
    ...signal && { signal },
  };
}
