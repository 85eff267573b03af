/**
 * An image of what changed, beside a full one: time, and what it takes of a base on a server.
 * @module
 */

import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import type { Place } from "./contenders.ts";
import { serveFile } from "./file_server.ts";
import { measure, type RunOptions } from "./measure.ts";
import { median } from "./statistics.ts";
import { showBytes, showSeconds } from "./table.ts";

/** How a layer does against a full image of the same tree. */
export interface Incremental {
  readonly fullSeconds: number;
  readonly layerSeconds: number;
  /** With `--unchanged-by content`. */
  readonly contentSeconds: number;
  readonly fullBytes: number;
  readonly layerBytes: number;
  /** Of merging base and layer into a full image. */
  readonly mergeSeconds: number;
  /** Of copying both, with a SHA-512 of the copy. */
  readonly copySeconds: number;
  /** Of a base over HTTP. */
  readonly baseRequests: number;
  readonly baseBytes: number;
}

/** Of so many files, one changes. */
const ONE_IN = 100;

/** Changes a hundredth of the files, and builds in turn. The data set is no longer what it was. */
export async function incremental(
  command: readonly string[],
  { data, out }: Place,
  { rounds, ...options }: Pick<RunOptions, "signal" | "timeoutMs"> & { readonly rounds: number },
): Promise<Incremental> {
  mkdirSync(out, { recursive: true });
  const build = async (image: string, ...words: string[]) => {
    const argv = [...command, "build", data.folder, "-o", `${out}/${image}`, "--quiet", "--force"];
    return (await measure([...argv, ...words], { ...options, cwd: out })).seconds;
  };
  try {
    await build("base.img");
    changeSome(data.folder);
    const full: number[] = [], layer: number[] = [], content: number[] = [];
    for (let round = 0; round < rounds; round++) {
      full.push(await build("full.img"));
      layer.push(await build("layer.img", "--base", "base.img"));
      content.push(await build("read.img", "--base", "base.img", "--unchanged-by", "content"));
    }
    const fullBytes = statSync(`${out}/full.img`).size;
    // Room on the RAM disk for what follows.
    for (const image of ["full.img", "read.img"]) rmSync(`${out}/${image}`);
    const merge: number[] = [], copy: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const merged = [...command, "merge", "layer.img", "-o", "merged.img", "--quiet"];
      merge.push((await measure(merged, { ...options, cwd: out })).seconds);
      rmSync(`${out}/merged.img`);
      rmSync(`${out}/merged.img.sha512`);
      const copied = ["sh", "-c", "cat base.img layer.img | tee copy.img | sha512sum > copy.sum"];
      copy.push((await measure(copied, { ...options, cwd: out })).seconds);
      rmSync(`${out}/copy.img`);
    }
    await using server = await serveFile(`${out}/base.img`);
    await build("remote.img", "--base", server.url);
    return {
      fullSeconds: median(full) ?? NaN,
      layerSeconds: median(layer) ?? NaN,
      contentSeconds: median(content) ?? NaN,
      mergeSeconds: median(merge) ?? NaN,
      copySeconds: median(copy) ?? NaN,
      fullBytes,
      layerBytes: statSync(`${out}/layer.img`).size,
      baseRequests: server.countRequests,
      baseBytes: server.countBytes,
    };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** Writes as many bytes to every hundredth file, so that times alone tell. */
function changeSome(folder: string): void {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => `${parentPath}/${name}`)
    .sort();
  for (let i = 0; i < files.length; i += ONE_IN) {
    const bytes = readFileSync(files[i]!);
    writeFileSync(files[i]!, bytes.map((byte) => byte ^ 0x55));
  }
}

/** The numbers as a sentence. */
export function showIncremental(numbers: Incremental): string {
  const { fullSeconds, layerSeconds, contentSeconds } = numbers;
  const { fullBytes, layerBytes, baseRequests, baseBytes } = numbers;
  const { mergeSeconds, copySeconds } = numbers;
  return `1 % of the files changed: a layer takes ${showSeconds(layerSeconds)}, ` +
    `${(layerSeconds / fullSeconds).toFixed(3)} × a full build (by content ` +
    `${(contentSeconds / fullSeconds).toFixed(3)} ×), and ${showBytes(layerBytes)} instead of ` +
    `${showBytes(fullBytes)}; of a base over HTTP, ${baseRequests} requests and ` +
    `${showBytes(baseBytes)}. Merging both takes ${showSeconds(mergeSeconds)}, ` +
    `${(mergeSeconds / copySeconds).toFixed(3)} × copying them with a SHA-512.`;
}
