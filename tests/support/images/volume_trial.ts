/**
 * Trees that are cut into volumes, built, and put together again.
 * @module
 */

import { join } from "node:path";
import { extractImage } from "../../../image/extract.ts";
import { openImage } from "../../../image/open_image.ts";
import { pipeline, recipes } from "../../../mod.ts";
import type { BuildEvent } from "../../../pipeline/events.ts";
import { buildVolume, type BuiltVolume } from "../../../volumes/build/build_volume.ts";
import { makePlan, type PlanRequest } from "../../../volumes/cut/make_plan.ts";
import type { MovedNames, Plan } from "../../../volumes/plan/plan.ts";
import { readPlan } from "../../../volumes/plan/read_plan.ts";
import { imageNameOf } from "../../../volumes/set/entry.ts";
import { mountOrder } from "../../../volumes/set/mount_order.ts";

const never = new AbortController().signal;

/** Plans a folder; its contents go to the root. */
export async function planFolder(
  source: string,
  output: string,
  targetBytes: number,
  more: Partial<PlanRequest> = {},
): Promise<Plan> {
  const { plan } = await makePlan({
    sources: [`${source}/.`],
    host: "",
    targetBytes,
    options: { exclude: [], oneFileSystem: false, times: "mtime" },
    output,
    force: false,
    signal: never,
    emit: () => {},
    ...more,
  });
  return plan;
}

/** What a plan has moved. */
export async function movedIn(planPath: string): Promise<MovedNames[]> {
  const moved: MovedNames[] = [];
  await readPlan(planPath, (line) => void moved.push(line));
  return moved;
}

/** Builds one volume, without checking the image. */
export async function buildOne(
  planPath: string,
  index: number,
  to: string,
  emit: (event: BuildEvent) => void = () => {},
): Promise<BuiltVolume> {
  const quick = pipeline(recipes.native).without("fsck");
  return await buildVolume(planPath, index, {
    to,
    pipeline: quick,
    signal: never,
    emit,
  });
}

/** Builds all volumes of a plan. */
export async function buildAll(planPath: string, to: string): Promise<BuiltVolume[]> {
  const { volumes } = await readPlan(planPath);
  const built: BuiltVolume[] = [];
  for (const { index } of volumes) {
    built.push(await buildOne(planPath, index, to));
  }
  return built;
}

/** The images of a plan, topmost first; of layers, that below them right behind. */
export function imagesOf(plan: Plan, folder: string, earlier: readonly Plan[] = []): string[] {
  const bases = new Map(
    [plan, ...earlier].flatMap(({ volumes }) => volumes).map(({ name, base }) => [name, base]),
  );
  return mountOrder(plan.volumes).flatMap(({ name }) => {
    const images: string[] = [];
    for (
      let at: string | undefined = name;
      at !== undefined;
      at = bases.get(at)
    ) {
      images.push(join(folder, imageNameOf({ name: at })));
    }
    return images;
  });
}

/** Extracts all volumes one over the other. */
export async function extractAll(plan: Plan, folder: string, target: string): Promise<void> {
  for (const volume of mountOrder(plan.volumes).toReversed()) {
    await using image = await openImage(join(folder, imageNameOf(volume)));
    await extractImage(image, { target, force: true });
  }
}
