/**
 * `allocate`: makes the image's file as large as its tree needs, and reserves the room on disk.
 * @module
 */

import { explainWrite } from "../host/files/write_error.ts";
import {
  close,
  CURRENT_FOLDER,
  O_NOFOLLOW,
  O_RDWR,
  openAt,
  preallocate,
  truncate,
} from "../host/libc/files.ts";
import type { Image } from "../pipeline/image.ts";
import type { OptionsSchema } from "../pipeline/options.ts";
import { defineStep, type Fact, type PreviewContext, type Step } from "../pipeline/step.ts";
import { neededSource } from "../source/needed.ts";
import { BLOCK_SIZE_OPTION, blockSizeOf } from "./block_size_option.ts";
import { type Geometry, geometryOf } from "./e2fsprogs/file_system_size.ts";
import { checkOutput, checkTree } from "./e2fsprogs/limits.ts";
import { requireRoom, roomFor } from "./free_space.ts";

const options = {
  size: {
    type: "size",
    unit: "bytes",
    help: "the size to begin with; grow enlarges one that is too small",
  },
  blockSize: BLOCK_SIZE_OPTION,
} as const satisfies OptionsSchema;

/** Allocates the file. */
export const allocate: Step = defineStep({
  name: "allocate",
  summary: "make the file as large as the tree needs",
  accepts: ["planned"],
  leaves: "allocated",
  shell: false,
  options,
  check({ output }) {
    checkOutput(output);
  },
  run(image, context): Image {
    checkTree(neededSource(context).tree);
    const { sizeBytes } = geometryFor(context);
    reserve(image.path, sizeBytes);
    return { ...image, sizeBytes };
  },
  preview(image, context): Promise<Fact[]> {
    checkTree(neededSource(context).tree);
    const { sizeBytes, blockSizeBytes, countInodes } = geometryFor(context);
    return Promise.resolve([
      { label: "size to begin with", value: sizeBytes, unit: "bytes" },
      { label: "block size", value: blockSizeBytes, unit: "bytes" },
      { label: "inodes", value: countInodes },
      ...roomFor(image.finalPath, sizeBytes),
    ]);
  },
});

function geometryFor(context: PreviewContext<typeof options>): Geometry {
  const { tree } = neededSource(context);
  const sizeBytes = context.options.size;
  return geometryOf(tree, blockSizeOf(context), sizeBytes);
}

/** Reserves room for the image up to a size. @throws EnvironmentError `disk-full`, `file-too-large`. */
export function reserve(path: string, sizeBytes: number): void {
  requireRoom(path, sizeBytes);
  const fd = openAt(CURRENT_FOLDER, path, O_RDWR | O_NOFOLLOW);
  try {
    // A file system without fallocate gets a sparse file; a full disk then shows while copying.
    if (!preallocate(fd, sizeBytes)) truncate(fd, sizeBytes);
  } catch (error) {
    throw explainWrite(path, error);
  } finally {
    close(fd);
  }
}
