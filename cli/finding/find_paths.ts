/**
 * What `icecore find` prints.
 * @module
 */

import type { Stat } from "../../ext4/reader/metadata/stat.ts";
import { printable } from "../../host/libc/paths.ts";
import type { ImageReader } from "../../image/image_reader.ts";
import { type Mark, markOf } from "../../image/stack/mark_of.ts";
import { joined, joinedBelow, withoutSlashes } from "../arguments/image_path.ts";
import type { LeftOut } from "../arguments/salvage.ts";
import { findTypedItself } from "../arguments/typed_path.ts";
import { entryJson } from "../listing/entry_json.ts";
import { linkTarget } from "../listing/link_target.ts";
import { Lines } from "../output/lines.ts";
import { jsonLine, OutputClosedError, writeBytes } from "../output/output.ts";
import type { Candidate } from "./conditions.ts";

/** How paths are printed. */
export type FindFormat = "lines" | "json" | "nul";

/** Prints all below `start`, and itself, that the condition holds for. */
export async function findPaths(
  image: ImageReader,
  leftOut: LeftOut,
  start: string,
  condition: (candidate: Candidate) => boolean,
  format: FindFormat,
): Promise<void> {
  const { stat, path: found } = await findTypedItself(image, start);
  const prefix = withoutSlashes(found);
  const results = new Results(format);
  const judge = async (relative: Uint8Array, stat: Stat, folder?: Stat) => {
    const path = relative.length > 0 ? joined(prefix, relative) : prefix.length > 0 ? prefix : ROOT;
    const text = decoder.decode(path).replace(/^\/+/, "");
    const name = text.slice(text.lastIndexOf("/") + 1);
    if (!condition({ name, path: text, stat })) return;
    const target = format === "json"
      ? await linkTarget(image, stat, folder, () => relative)
      : undefined;
    const mark = format === "json" ? await markOf(image, stat, () => relative) : undefined;
    results.add(path, stat, target, mark);
  };
  leftOut.below(prefix);
  await judge(new Uint8Array(), stat);
  if (stat.kind === "folder") {
    for await (const folder of image.walkFolders(stat.inode)) {
      for (const { name, stat } of folder.entries) {
        await judge(joinedBelow(folder.path, name), stat, folder.stat);
      }
    }
  }
  results.end();
}

class Results {
  readonly #lines = new Lines();

  constructor(private readonly format: FindFormat) {}

  add(
    path: Uint8Array,
    stat: Stat,
    target: Uint8Array | undefined,
    mark: Mark | undefined,
  ): void {
    switch (this.format) {
      case "lines":
        return this.#lines.add(printable(path));
      case "nul":
        if (!writeBytes(1, joined(path, new Uint8Array(), NUL))) throw new OutputClosedError();
        return;
      case "json":
        this.#lines.add(jsonLine(entryJson(path, stat, target, mark)));
    }
  }

  end(): void {
    this.#lines.flush();
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const NUL = 0;
const ROOT = encoder.encode("/");
