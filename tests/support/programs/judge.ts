/**
 * The whole trial of an image: e2fsck has no complaint, and the kernel shows the tree it is made of.
 * @module
 */

import type { Plan, PlanOptions } from "../../../ext4/plan_image.ts";
import { planOf, withImage } from "../images/write_image.ts";
import { assertMountedEquals } from "../mounts/mounted_tree.ts";
import { buildTree, type Built, type Node } from "../trees/tree_builder.ts";
import { assertE2fsckClean, withMount } from "./oracles.ts";
import type { Requirements } from "./requirements.ts";

/** What {@link judge} needs of the machine. */
export const JUDGE: Requirements = { programs: ["e2fsck", "find", "mount"], loop: true };

/** What the callback of {@link judge} gets. */
export interface Judged {
  readonly built: Built;
  readonly plan: Plan;
  readonly image: string;
  readonly mountpoint: string;
}

/**
 * Builds, plans, writes, checks and mounts the image of a root folder, and compares the mount.
 * @param also further questions, asked while it is mounted
 */
export async function judge(
  root: Node,
  options: Partial<PlanOptions> = {},
  also: (judged: Judged) => void | Promise<void> = () => {},
): Promise<void> {
  const built = buildTree(root);
  const plan = planOf(built, options);
  await withImage(built, plan, async (image, folder) => {
    assertE2fsckClean(image);
    await withMount(image, folder, async (mountpoint) => {
      assertMountedEquals(mountpoint, built);
      await also({ built, plan, image, mountpoint });
    });
  });
}
