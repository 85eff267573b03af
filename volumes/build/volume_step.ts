/**
 * `volume`: writes beside an image what was built of a volume.
 * @module
 */

import { writeNew } from "../../host/files/open_new.ts";
import { explainWrite } from "../../host/files/write_error.ts";
import { type Image, withArtifact } from "../../pipeline/image.ts";
import { isLoss } from "../../pipeline/problem.ts";
import { defineStep, type Step } from "../../pipeline/step.ts";
import type { PlannedVolume } from "../plan/plan.ts";
import type { BuiltStep } from "../set/built_with.ts";
import {
  ENTRY_FORMAT,
  ENTRY_VERSION,
  entryBytes,
  entryNameOf,
  imageNameOf,
  type SourceChanges,
  type VolumeEntry,
} from "../set/entry.ts";
import { type ImageLook, lookAtImage } from "../set/look_at_image.ts";

/** What the step has to know besides the image. */
export interface VolumeFacts {
  readonly planDigest: string;
  readonly volume: PlannedVolume;
  /** By which it is built. */
  readonly steps: readonly BuiltStep[];
  /** Asked for when the scan has run. */
  changes(): SourceChanges;
  /** Receives what was written. */
  onEntry(entry: VolumeEntry): void;
}

/** An entry names so many problems; the build has named them all. */
const MOST_PROBLEMS = 100;

/** The step. */
export function volumeStep(facts: VolumeFacts): Step {
  return defineStep({
    name: "volume",
    summary: "write beside it which volume of which plan it is",
    accepts: ["formatted", "unmounted", "sealed"],
    passive: true,
    shell: false,
    async run(image, context): Promise<Image> {
      const look = (await lookAtImage(image.path, context.signal))!;
      const entry = entryOf(image, look, facts);
      const bytes = entryBytes(entry);
      const name = entryNameOf(facts.volume);
      const path = context.beside(name);
      await writeNew(path, bytes, context.fileMode).catch((error) => {
        throw explainWrite(name, error);
      });
      facts.onEntry(entry);
      const finalPath = path.replace(/\.partial$/, "");
      return withArtifact(image, { kind: "volume", path, finalPath, sizeBytes: bytes.length });
    },
  });
}

function entryOf(image: Image, look: ImageLook, facts: VolumeFacts): VolumeEntry {
  const { planDigest, volume } = facts;
  const { countFiles, countFolders, sourceBytes, problems } = image.report;
  const { payload } = image;
  return {
    format: ENTRY_FORMAT,
    version: ENTRY_VERSION,
    plan: planDigest,
    key: volume.key,
    index: volume.index,
    name: volume.name,
    host: volume.host,
    file: imageNameOf(volume),
    sizeBytes: look.sizeBytes,
    digests: image.digests,
    uuid: look.uuid,
    ...(look.record === undefined ? {} : { record: look.record }),
    ...(volume.base === undefined ? {} : { base: imageNameOf({ name: volume.base }) }),
    ...(payload === undefined ? {} : {
      payload: {
        name: payload.name,
        sizeBytes: payload.sizeBytes,
        digests: payload.digests,
        ...(payload.parts === undefined ? {} : { parts: payload.parts }),
      },
    }),
    steps: facts.steps,
    countFiles,
    countFolders,
    sourceBytes,
    state: problems.some(isLoss) ? "lossy" : "complete",
    changes: facts.changes(),
    problems: problems.slice(0, MOST_PROBLEMS),
    countProblems: problems.length,
  };
}
