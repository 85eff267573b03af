/**
 * The recipes: their steps in order, read top to bottom.
 * @module
 */

import type { Recipe } from "../pipeline/step.ts";
import { allocate } from "./allocate.ts";
import { copy } from "./copy.ts";
import { format } from "./format.ts";
import { fsck } from "./fsck.ts";
import { grow } from "./grow.ts";
import { hash } from "./hash.ts";
import { mount } from "./mount.ts";
import { pack } from "./pack.ts";
import { readonly } from "./readonly.ts";
import { scan } from "./scan.ts";
import { shrink } from "./shrink.ts";
import { unmount } from "./unmount.ts";

/** Plan, then stream: nothing is needed but icecore. */
export const native: Recipe = {
  name: "native",
  summary: "write the finished image in one pass: needs no root and no programs",
  steps: [scan, pack, fsck, hash],
};

/** The well-known recipe by hand, automated: the kernel writes the files. Needs root. */
export const e2fsprogs: Recipe = {
  name: "e2fsprogs",
  summary: "let the kernel write the image: needs root, e2fsprogs and util-linux",
  steps: [
    scan,
    allocate,
    format,
    grow,
    mount,
    copy,
    unmount,
    fsck,
    shrink,
    readonly,
    hash,
  ],
};

/** All recipes by name, the default first. */
export const recipes: Readonly<Record<"native" | "e2fsprogs", Recipe>> = { native, e2fsprogs };
