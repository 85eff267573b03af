/**
 * Where a path leads when symbolic links are followed within the image, whose root is theirs: what a
 * link says is never looked for on this machine.
 * @module
 */

import { type ImageReader, PathError } from "icecore/read";
import { printable } from "icecore/plugin";
import { namesOf, pathBelow } from "./url_path.ts";

/** As the kernel: what needs more is taken for a circle. */
const MOST_LINKS = 40;
const SLASH = 0x2f;

/** @throws PathError when it leads nowhere; CorruptImageError */
export async function realPath(image: ImageReader, path: Uint8Array): Promise<Uint8Array> {
  const rest = namesOf(path).reverse();
  let done: Uint8Array[] = [];
  let countLinks = 0;
  for (let name = rest.pop(); name !== undefined; name = rest.pop()) {
    if (isDots(name, 1)) continue;
    if (isDots(name, 2)) {
      done.pop();
      continue;
    }
    const at = [...done, name].reduce(pathBelow, new Uint8Array());
    const { kind } = await image.stat(at);
    if (kind !== "symlink") {
      done.push(name);
      continue;
    }
    if (++countLinks > MOST_LINKS) throw circle(path);
    const target = await image.readLink(at);
    if (target[0] === SLASH) done = [];
    rest.push(...namesOf(target).reverse());
  }
  return done.reduce(pathBelow, new Uint8Array());
}

function isDots(name: Uint8Array, count: number): boolean {
  return name.length === count && name.every((byte) => byte === 0x2e);
}

function circle(path: Uint8Array): PathError {
  const shown = printable(path);
  return new PathError(
    "too-many-symlinks",
    shown,
    `cannot find ${shown} in the image: its symbolic links lead in a circle.`,
  );
}
