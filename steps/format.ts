/**
 * `format`: makes an ext4 file system with no more than the tree needs: no journal, no reserved
 * blocks, no room for growing, and as many inodes as there are files.
 * @module
 */

import type { OptionsSchema } from "../pipeline/options.ts";
import { defineStep, type Step } from "../pipeline/step.ts";
import { neededSource } from "../source/needed.ts";
import { BLOCK_SIZE_OPTION, blockSizeOf } from "./block_size_option.ts";
import { type Geometry, geometryOf } from "./e2fsprogs/file_system_size.ts";
import { neededFeatures } from "./e2fsprogs/needed_features.ts";
import { plainName, runTool } from "./e2fsprogs/tool.ts";
import { checkLabel, checkUuid } from "./identity.ts";

const options = {
  label: { type: "string", help: "the volume's name, at most 16 bytes" },
  uuid: { type: "string", help: "the volume's UUID; random when absent" },
  blockSize: BLOCK_SIZE_OPTION,
} as const satisfies OptionsSchema;

/** Makes the file system. */
export const format: Step = defineStep({
  name: "format",
  summary: "make an ext4 file system in it (mkfs.ext4)",
  accepts: ["allocated"],
  leaves: "formatted",
  tools: ["mkfs.ext4"],
  shell: false,
  options,
  check({ options }) {
    checkLabel(options.label);
    checkUuid(options.uuid);
  },
  async run(image, context): Promise<void> {
    const { tree } = neededSource(context);
    const geometry = geometryOf(tree, blockSizeOf(context), image.sizeBytes);
    const argv = mkfsArgv(plainName(image.path, context), geometry, {
      label: context.options.label,
      uuid: context.options.uuid,
      features: neededFeatures(tree, geometry.blockSizeBytes),
    });
    await runTool(argv, context);
  },
});

/** What identifies a volume, and features beyond the usual. */
export interface FormatOptions {
  readonly label: string | undefined;
  readonly uuid: string | undefined;
  readonly features: readonly string[];
}

/** The command. `-F` spares the question whether a regular file is meant. */
export function mkfsArgv(
  path: string,
  { blockSizeBytes, countBlocks, countInodes }: Geometry,
  { label, uuid, features }: FormatOptions,
): string[] {
  return [
    "mkfs.ext4",
    "-F",
    "-q",
    ...["-b", String(blockSizeBytes)],
    ...["-I", "256"],
    ...["-N", String(countInodes)],
    ...["-m", "0"],
    ...["-O", ["^has_journal", "^resize_inode", ...features].join(",")],
    // A new file is all zeros: neither discarding nor writing the tables is needed.
    ...["-E", "nodiscard,lazy_itable_init=1,root_owner=0:0"],
    ...(label === undefined ? [] : ["-L", label]),
    ...(uuid === undefined ? [] : ["-U", uuid]),
    path,
    String(countBlocks),
  ];
}
