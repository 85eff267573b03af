/**
 * `stack`: reads the merged tree of an image and all that it lies on, in the place of `scan`.
 * @module
 */

import { hasType, S_IFDIR, S_IFREG, type Tree } from "../../ext4/tree.ts";
import { isRemote } from "../../host/block_source/location.ts";
import { areReadableByAll } from "../../host/files/file_mode.ts";
import { defineStep, type ScannedSource, type Step } from "../../pipeline/step.ts";
import type { ImageReader } from "../image_reader.ts";
import { type ImageTree, readImageTree } from "../image_tree.ts";
import { shownPathOf } from "../tree_path.ts";
import { StackContents } from "./stack_contents.ts";

/**
 * Makes the step.
 * @param image whoever opened it closes it
 * @param times which of them the merged image is to hold
 */
export function readStackStep(image: ImageReader, times: "mtime" | "all"): Step {
  return defineStep({
    name: "stack",
    summary: "read the names and metadata of an image and of all that it lies on",
    accepts: ["planned"],
    shell: false,
    async run(planned, { signal, emit, provideSource }) {
      const source = await readImageTree(image, {
        dataRanges: true,
        keepsLostAndFound: true,
        ...(times === "all" ? { times } : {}),
        signal,
        onProgress: (done) => emit({ type: "progress", done, unit: "files" }),
      });
      provideSource(sourceOf(image, source, signal));
      return { ...planned, report: { ...planned.report, ...countOf(source.tree) } };
    },
  });
}

function sourceOf(image: ImageReader, source: ImageTree, signal: AbortSignal): ScannedSource {
  const refuse = () => {
    throw new Error("icecore bug: a file of a stack is asked for as one of a folder.");
  };
  return {
    tree: source.tree,
    reader: new StackContents(image, source, signal),
    pathOf: (row) => shownPathOf(source.tree, row),
    folder: refuse,
    open: refuse,
    close: () => {},
    isPublic: isPublic(image),
  };
}

/** Whether everybody may read all of the images. */
function isPublic({ layers }: ImageReader): boolean {
  const paths = layers.map(({ location }) => location);
  const areLocal = paths.every((path) => path !== undefined && !isRemote(path));
  return areLocal && areReadableByAll(paths as string[]);
}

function countOf(tree: Tree) {
  let [countFiles, countFolders, sourceBytes] = [0, 0, 0];
  for (let row = 0; row < tree.countInodes; row++) {
    if (hasType(tree, row, S_IFDIR)) countFolders++;
    if (!hasType(tree, row, S_IFREG)) continue;
    countFiles++;
    sourceBytes += tree.sizeBytes[row]!;
  }
  return { countFiles, countFolders, countInodes: tree.countInodes, sourceBytes };
}
