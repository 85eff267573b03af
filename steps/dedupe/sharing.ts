/**
 * What storing equal files once saves, and what it costs.
 * @module
 */

import type { Plan } from "../../ext4/plan_image.ts";
import type { Image } from "../../pipeline/image.ts";
import type { Fact } from "../../pipeline/step.ts";
import type { Equality } from "./equal_files.ts";

/** As a report of an image has it. */
type Sharing = NonNullable<Image["report"]["sharing"]>;

/** What was saved. */
export function sharingOf({ layout }: Plan, { readTwiceBytes, countKnown }: Equality): Sharing {
  return {
    countFiles: layout.countSharedFiles,
    savedBytes: layout.countSharedBlocks * layout.blockSizeBytes,
    readTwiceBytes,
    countKnown,
  };
}

/** The same as facts of a dry run. */
export function sharingFacts({ countFiles, savedBytes, readTwiceBytes }: Sharing): Fact[] {
  return [
    { label: "files in the blocks of equal ones", value: countFiles },
    { label: "saved by that", value: savedBytes, unit: "bytes" },
    { label: "read twice for it", value: readTwiceBytes, unit: "bytes" },
  ];
}
