/**
 * Histories of a folder, each state of which is an image, with the kernel as the judge of all.
 * @module
 */

import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { openImage } from "../../../image/open_image.ts";
import { assertStackShows, buildImage, type StackBuild } from "../mounts/mounted_stack.ts";
import { inTemporaryFolder } from "../temporary_folder.ts";

/** Builds a full image, and a layer after each change; the kernel judges the stack each time. */
export async function trial(
  fill: (source: string) => void,
  changes: readonly ((source: string) => void)[],
  build: StackBuild = {},
): Promise<{ names: string[][]; problems: string[] }> {
  const names: string[][] = [];
  const problems: string[] = [];
  await inTemporaryFolder(async (folder) => {
    const source = `${folder}/source`;
    mkdirSync(source);
    fill(source);
    await buildImage(source, `${folder}/0.img`, build);
    const images = [`${folder}/0.img`];
    for (const change of changes) {
      change(source);
      const image = `${folder}/${images.length}.img`;
      const built = await buildImage(source, image, { ...build, base: images[0]! });
      problems.push(
        ...built.problems.map(({ kind, path }) => `${kind} ${path.slice(source.length)}`),
      );
      images.unshift(image);
      if (built.problems.length === 0) await assertStackShows(images, source, folder);
      names.push(await namesIn(image));
    }
  });
  return { names, problems };
}

/** All paths of an image alone, its marks included. */
export async function namesIn(image: string): Promise<string[]> {
  await using reader = await openImage(image, { layer: true });
  const names: string[] = [];
  for await (const { pathText, stat } of reader.walk()) {
    const isGone = stat.device?.major === 0 && stat.device.minor === 0;
    if (pathText !== "lost+found") names.push(`${isGone ? "-" : ""}${pathText}`);
  }
  return names.sort();
}

/** A few files in folders, and a link. */
export function fill(source: string): void {
  mkdirSync(`${source}/a/b/c`, { recursive: true });
  mkdirSync(`${source}/other`);
  writeFileSync(`${source}/a/one`, "one");
  writeFileSync(`${source}/a/b/two`, "two");
  writeFileSync(`${source}/a/b/c/three`, "three");
  writeFileSync(`${source}/other/four`, "four");
  symlinkSync("one", `${source}/a/link`);
  chmodSync(`${source}/a`, 0o750);
}
