/**
 * `copy`: writes the tree into the mounted image, with everything `cp -r` would lose.
 * @module
 */

import { S_IFDIR, S_IFSOCK, type TreeEntry, type TreeInode, typeOf } from "../ext4/tree.ts";
import { Breather } from "../host/breathe.ts";
import { EnvironmentError } from "../host/environment_error.ts";
import { hasCode } from "../host/libc/errno.ts";
import { type Descriptor, writeAllAt } from "../host/libc/files.ts";
import { type Image, withProblems } from "../pipeline/image.ts";
import { factOfProblem, type Problem } from "../pipeline/problem.ts";
import type { Fact, PreviewContext, ScannedSource, Step, StepContext } from "../pipeline/step.ts";
import { neededSource } from "../source/needed.ts";
import { SourceFile } from "../source/source_file.ts";
import { SOCKETS_SKIPPED, TreeWriter } from "./copy/tree_writer.ts";
import { runTool } from "./e2fsprogs/tool.ts";

/** Copies the source into the image. */
export const copy: Step = {
  name: "copy",
  summary: "copy the source into it, with owners, times, links, holes and attributes",
  accepts: ["mounted"],
  tools: ["sync"],
  privileged: true,
  shell: false,
  preview(_image: Image, context: PreviewContext): Promise<Fact[]> {
    const source = neededSource(context);
    return Promise.resolve(skippedSockets(source).map(factOfProblem));
  },
  async run(image: Image, context: StepContext): Promise<Image> {
    const problems: Problem[] = [];
    try {
      await copyTree(image.mountpoint!, context, (problem) => {
        problems.push(problem);
        context.emit({ type: "problem", problem });
      });
    } catch (error) {
      if (!hasCode(error, "ENOSPC")) throw error;
      throw new EnvironmentError(
        "cannot copy everything: the file system is full. Set a larger allocate.size, or report this.",
        "image-full",
        { cause: error },
      );
    }
    // The disk below may be full or broken: the kernel reports it only to who asks, unmounting does not.
    await runTool(syncArgv(image.mountpoint!), context);
    return withProblems(image, problems);
  },
};

function skippedSockets({ tree, pathOf }: ScannedSource): Problem[] {
  const rows = Array.from({ length: tree.countInodes }, (_, row) => row as TreeInode);
  return rows.filter((row) => typeOf(tree, row) === S_IFSOCK)
    .map((row) => ({ kind: "skipped", path: pathOf(row), reason: SOCKETS_SKIPPED }));
}

/** The command that waits until a file system is on its disk, and fails when it could not be. */
export const syncArgv = (mountpoint: string): string[] => ["sync", "-f", mountpoint];

const PIECE_BYTES = 2 ** 20;

async function copyTree(
  mountpoint: string,
  context: StepContext,
  onProblem: (problem: Problem) => void,
): Promise<void> {
  const source = neededSource(context);
  const { tree } = source;
  const breather = new Breather(context.signal);
  const file = new SourceFile(source, onProblem, breather);
  const piece = new Uint8Array(PIECE_BYTES);
  const total = contentBytes(tree.sizeBytes, tree.dataRanges, tree.countInodes);
  let done = 0;
  const rest = async () => {
    context.emit({ type: "progress", done, total, unit: "bytes" });
    await breather.pause();
  };
  const writeContent = async (inode: TreeInode, to: Descriptor) => {
    const ranges = tree.dataRanges.get(inode) ?? [0, tree.sizeBytes[inode]!];
    file.open(inode);
    for (let i = 0; i < ranges.length; i += 2) {
      const end = ranges[i + 1]!;
      for (let offset = ranges[i]!; offset < end; offset += PIECE_BYTES) {
        const part = piece.subarray(0, Math.min(PIECE_BYTES, end - offset));
        const reading = file.read(part, offset);
        if (reading instanceof Promise) await reading;
        writeAllAt(to, part, offset);
        done += part.length;
        if (breather.due) await rest();
      }
    }
    file.close();
  };
  const writer = new TreeWriter(source, mountpoint, writeContent, onProblem);
  try {
    for (let entry = 0; entry < tree.countEntries; entry++) {
      await writer.writeName(entry as TreeEntry);
      if (breather.due) await rest();
    }
    // From the last to the first: writing a folder's metadata must not touch its parent's times.
    for (let row = tree.countInodes - 1; row >= 0; row--) {
      if (typeOf(tree, row as TreeInode) === S_IFDIR) writer.finishFolder(row as TreeInode);
      if (breather.due) await rest();
    }
  } finally {
    file.close();
    writer.close();
  }
  context.emit({ type: "progress", done, total, unit: "bytes" });
}

function contentBytes(
  sizes: Float64Array,
  sparse: ReadonlyMap<TreeInode, Float64Array>,
  countInodes: number,
): number {
  let total = 0;
  for (let inode = 0; inode < countInodes; inode++) total += sizes[inode]!;
  for (const [inode, ranges] of sparse) {
    total -= sizes[inode]!;
    for (let i = 0; i < ranges.length; i += 2) total += ranges[i + 1]! - ranges[i]!;
  }
  return total;
}
