/**
 * Reads what `dumpe2fs -h` says of an unmounted file system.
 * @module
 */

import type { StepContext } from "../../pipeline/step.ts";
import { plainName, runTool } from "./tool.ts";

/** The numbers that steps decide by. */
export interface FileSystemNumbers {
  readonly blockSizeBytes: number;
  readonly countBlocks: number;
  readonly countFreeBlocks: number;
  readonly countInodes: number;
  readonly countFreeInodes: number;
  readonly blocksPerGroup: number;
  readonly inodesPerGroup: number;
}

/** The command: `-h` prints the superblock only. */
export const dumpe2fsArgv = (path: string): string[] => ["dumpe2fs", "-h", path];

const LABELS: Readonly<Record<keyof FileSystemNumbers, string>> = {
  blockSizeBytes: "Block size",
  countBlocks: "Block count",
  countFreeBlocks: "Free blocks",
  countInodes: "Inode count",
  countFreeInodes: "Free inodes",
  blocksPerGroup: "Blocks per group",
  inodesPerGroup: "Inodes per group",
};

/** Asks `dumpe2fs`. @throws ToolError; Error when a number is missing in what it says. */
export async function readNumbers(path: string, context: StepContext): Promise<FileSystemNumbers> {
  const { stdout } = await runTool(dumpe2fsArgv(plainName(path, context)), context);
  return parseNumbers(stdout);
}

/** Parses `dumpe2fs -h`. @throws Error when a number is missing. */
export function parseNumbers(text: string): FileSystemNumbers {
  const entries = Object.entries(LABELS).map(([field, label]) => {
    const match = new RegExp(`^${label}:\\s+(\\d+)$`, "m").exec(text);
    if (match !== null) return [field, Number(match[1])];
    throw new Error(`cannot read dumpe2fs: it names no "${label}". Report this, with its output.`);
  });
  return Object.fromEntries(entries) as unknown as FileSystemNumbers;
}
