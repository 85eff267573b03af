/**
 * What `icecore find` prints.
 * @module
 */

import type { Stat } from "../../ext4/reader/stat.ts";
import { printable } from "../../host/libc/paths.ts";
import type { ImageReader } from "../../steps/image/image_reader.ts";
import { joined, withoutSlashes } from "../image_path.ts";
import { Lines } from "../lines.ts";
import { entryJson } from "../listing/entry_json.ts";
import { jsonLine, OutputClosedError, writeBytes } from "../output.ts";
import { findTypedItself } from "../typed_path.ts";
import type { Candidate } from "./conditions.ts";

/** How paths are printed. */
export type FindFormat = "lines" | "json" | "nul";

/** Prints all below `start`, and itself, that the condition holds for. */
export async function findPaths(
  image: ImageReader,
  start: string,
  condition: (candidate: Candidate) => boolean,
  format: FindFormat,
): Promise<void> {
  const { stat, path: found } = await findTypedItself(image, start);
  const prefix = withoutSlashes(found);
  const results = new Results(image, format);
  const judge = async (path: Uint8Array, stat: Stat) => {
    const text = decoder.decode(path).replace(/^\/+/, "");
    const name = text.slice(text.lastIndexOf("/") + 1);
    if (condition({ name, path: text, stat })) await results.add(path, stat);
  };
  await judge(prefix.length === 0 ? ROOT : prefix, stat);
  if (stat.kind === "folder") {
    for await (const folder of image.walkFolders(stat.inode)) {
      const above = below(prefix, folder.path);
      for (const { name, stat } of folder.entries) await judge(below(above, name), stat);
    }
  }
  results.end();
}

class Results {
  readonly #lines = new Lines();

  constructor(private readonly image: ImageReader, private readonly format: FindFormat) {}

  async add(path: Uint8Array, stat: Stat): Promise<void> {
    switch (this.format) {
      case "lines":
        return this.#lines.add(printable(path));
      case "nul":
        if (!writeBytes(1, joined(path, new Uint8Array(), NUL))) throw new OutputClosedError();
        return;
      case "json": {
        const target = stat.kind === "symlink" ? await this.image.readLink(stat.inode) : undefined;
        this.#lines.add(jsonLine(entryJson(path, stat, target)));
      }
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

/** `folder` and `name`; just `folder` for an empty name. */
function below(folder: Uint8Array, name: Uint8Array): Uint8Array {
  return name.length === 0 ? folder : joined(folder, name);
}
