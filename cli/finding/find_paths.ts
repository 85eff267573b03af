/**
 * What `icecore find` prints.
 * @module
 */

import type { Stat } from "../../ext4/reader/metadata/stat.ts";
import type { NamePlace } from "../../ext4/reader/walk/name_list.ts";
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
  const add = async (candidate: PathCandidate, relative: () => Uint8Array, folder?: Stat) => {
    const { stat } = candidate;
    const target = await linkTarget(image, stat, folder, relative);
    results.addJson(candidate.bytes, stat, target, await markOf(image, stat, relative));
  };
  leftOut.below(prefix);
  const top = new PathCandidate(() => prefix.length > 0 ? prefix : ROOT, { stat });
  if (condition(top)) {
    if (format === "json") await add(top, () => new Uint8Array());
    else results.add(top.bytes);
  }
  if (stat.kind === "folder") {
    for await (const folder of image.walkFolders(stat.inode)) {
      const base = folder.path.length > 0 ? joined(prefix, folder.path) : prefix;
      for (const entry of folder.entries) {
        const candidate = new PathCandidate(() => joined(base, entry.name), entry);
        if (!condition(candidate)) continue;
        if (format === "lines") results.addBelow(base, entry.place);
        else if (format === "nul") results.add(candidate.bytes);
        else await add(candidate, () => joinedBelow(folder.path, entry.name), folder.stat);
      }
    }
  }
  results.end();
}

/** What is judged; of most, most is not asked for. */
class PathCandidate implements Candidate {
  #bytes: Uint8Array | undefined;

  /** @param makePath makes its path, with a slash at its start */
  constructor(
    private readonly makePath: () => Uint8Array,
    private readonly entry: { readonly stat: Stat },
  ) {}

  get bytes(): Uint8Array {
    return this.#bytes ??= this.makePath();
  }

  get path(): string {
    return decoder.decode(this.bytes).replace(/^\/+/, "");
  }

  get name(): string {
    const { path } = this;
    return path.slice(path.lastIndexOf("/") + 1);
  }

  get stat(): Stat {
    return this.entry.stat;
  }
}

class Results {
  readonly #lines = new Lines();

  constructor(private readonly format: FindFormat) {}

  add(path: Uint8Array): void {
    if (this.format === "lines") this.#lines.addName(path);
    else if (!writeBytes(1, joined(path, new Uint8Array(), NUL))) throw new OutputClosedError();
  }

  addBelow(folder: Uint8Array, name: NamePlace): void {
    this.#lines.addBelow(folder, name);
  }

  addJson(
    path: Uint8Array,
    stat: Stat,
    target: Uint8Array | undefined,
    mark: Mark | undefined,
  ): void {
    this.#lines.add(jsonLine(entryJson(path, stat, target, mark)));
  }

  end(): void {
    this.#lines.flush();
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const NUL = 0;
const ROOT = encoder.encode("/");
