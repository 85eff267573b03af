/**
 * Extracts out of all volumes that have something of what is wanted.
 * @module
 */

import type { Loss } from "../../image/extract/losses.ts";
import { extractImage } from "../../image/extract.ts";
import { printable } from "../../host/libc/paths.ts";
import { counted } from "../../pipeline/words/counted.ts";
import { Catalogue } from "../../volumes/catalogue/catalogue.ts";
import { CataloguedFolder } from "../../volumes/catalogue/entries.ts";
import { SharedFolders } from "../../volumes/catalogue/shared_folders.ts";
import { EXIT } from "../exit_codes.ts";
import { interruptible } from "../interruptible.ts";
import { type CommonValues, isInteractive, wantsColor } from "../output/common_options.ts";
import { extractionSummary, lossLine } from "../output/extraction_lines.ts";
import { extractionListeners } from "../rendering/extraction_listeners.ts";
import { jsonLocation } from "../output/json_location.ts";
import { note, printJson } from "../output/output.ts";
import { ProgressLine } from "../rendering/progress_line.ts";
import { type CatalogueValues, findCatalogued, OneVolume } from "./catalogue_argument.ts";

/** The values of the command. */
export interface VolumeExtractValues extends CatalogueValues, CommonValues {
  readonly command: "volume";
  readonly action: "extract";
  readonly paths: readonly string[];
  readonly output: string | undefined;
  readonly force: boolean | undefined;
}

/** @returns The exit code. */
export async function extractCatalogued(values: VolumeExtractValues): Promise<number> {
  const target = values.output ?? ".";
  const line = new ProgressLine(values.quiet !== true && isInteractive(), wantsColor(values));
  const sum = { countFiles: 0, countFolders: 0, sizeBytes: 0, countDamaged: 0, countVolumes: 0 };
  const losses: Loss[] = [];
  const begin = performance.now();
  using catalogue = Catalogue.open(values.catalogue);
  try {
    await interruptible(async (signal) => {
      await using volumes = new OneVolume(values, signal);
      const shared = new SharedFolders(catalogue, target, values.force === true);
      const wanted = await pathsByVolume(catalogue, values, volumes, shared);
      for (const [id, paths] of wanted) {
        const volume = catalogue.table.volumes.get(id)!;
        line.start(`extract ${printable(volume.name)}`);
        const extracted = await extractImage(await volumes.open(volume), {
          paths,
          target,
          force: values.force === true,
          signal,
          ...extractionListeners(values, line),
        });
        sum.countVolumes++;
        sum.countFiles += extracted.countFiles;
        sum.countFolders += extracted.countFolders;
        sum.sizeBytes += extracted.sizeBytes;
        sum.countDamaged += extracted.countDamaged;
        losses.push(...extracted.losses);
      }
      shared.restore();
    });
  } finally {
    line.clear();
  }
  const seconds = (performance.now() - begin) / 1000;
  if (values.json === true) {
    for (const loss of losses) printJson({ type: "loss", ...loss });
    const image = jsonLocation(values.catalogue);
    printJson({ type: "extracted", image, target, ...sum, seconds });
  } else {
    for (const loss of losses) note(`icecore: ${lossLine(loss)}`);
    if (values.quiet !== true) {
      note(`${extractionSummary(sum, target)}, out of ${counted(sum.countVolumes, "volume")}`);
    }
  }
  if (sum.countDamaged > 0) return EXIT.verificationFailed;
  return losses.some(({ isGrave }) => isGrave) ? EXIT.lossy : EXIT.done;
}

/** What is to be had of each volume, in their order. */
async function pathsByVolume(
  catalogue: Catalogue,
  { paths }: VolumeExtractValues,
  volumes: OneVolume,
  shared: SharedFolders,
): Promise<[volume: number, paths: Uint8Array[]][]> {
  const wanted = new Map<number, Uint8Array[]>();
  for (const typed of paths.length === 0 ? ["/"] : paths) {
    const entry = await findCatalogued(catalogue, typed, false, volumes);
    if (entry instanceof CataloguedFolder) shared.add(entry);
    const ids = entry instanceof CataloguedFolder
      ? catalogue.volumesWithin(entry)
      : [entry.layer.volume.id];
    for (const id of ids) wanted.set(id, [...wanted.get(id) ?? [], entry.path]);
  }
  return [...wanted].sort(([a], [b]) => a - b);
}
