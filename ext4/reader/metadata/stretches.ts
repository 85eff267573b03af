/**
 * Where the contents of an inode lie in the image: of a file, a folder, or anything with blocks.
 * @module
 */

import type { InodeNumber } from "../../numbers.ts";
import { FileData } from "../contents/file_data.ts";
import type { Inode } from "../inode/inode.ts";
import type { Reading } from "../reading.ts";
import type { Volume } from "../volume.ts";

/** Data that lies in one piece. */
export interface Stretch {
  readonly offsetBytes: number;
  readonly lengthBytes: number;
  readonly imageOffsetBytes: number;
}

/** The stretches of an inode, in the order of its contents; what is between is holes. */
export function* loadStretches(volume: Volume, number: InodeNumber): Reading<Stretch[]> {
  return yield* stretchesOf(volume, yield* volume.inodes.load(number));
}

/** The same of an inode that is there. */
export function* stretchesOf(volume: Volume, inode: Inode): Reading<Stretch[]> {
  const data = yield* FileData.open(volume, inode, true);
  const stretches: Stretch[] = [];
  let run = yield* data.runAt(0);
  for (; run !== undefined; run = yield* data.runAt(run.endBytes)) {
    const { startBytes, endBytes, imageOffsetBytes } = run;
    if (imageOffsetBytes === undefined) continue;
    const lengthBytes = endBytes - startBytes;
    const last = stretches.at(-1);
    const continues = last !== undefined &&
      last.offsetBytes + last.lengthBytes === startBytes &&
      last.imageOffsetBytes + last.lengthBytes === imageOffsetBytes;
    if (continues) {
      stretches[stretches.length - 1] = { ...last, lengthBytes: last.lengthBytes + lengthBytes };
    } else {
      stretches.push({ offsetBytes: startBytes, lengthBytes, imageOffsetBytes });
    }
  }
  return stretches;
}
