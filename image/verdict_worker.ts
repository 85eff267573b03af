/**
 * Finds the verdicts on the records of images, on a thread of its own.
 * @module
 */

import { giveWay } from "../host/threads/idle_thread.ts";
import { ContentRecord } from "./content_record.ts";
import { openFiles } from "./stack/open_layer.ts";
import type { VerdictAnswer, VerdictTask } from "./verdicts_ahead.ts";

/** What a worker's global scope offers here. */
const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<VerdictTask>) => void;
  postMessage(answer: VerdictAnswer, transfer: ArrayBuffer[]): void;
};

scope.onmessage = async ({ data: { paths, keepsInodes } }) => {
  giveWay();
  const answer = [];
  for (const path of paths) {
    // Whatever is wrong, whoever needs the verdict finds it out, and names it.
    answer.push(await verdictOn(path, keepsInodes).catch(() => undefined));
  }
  scope.postMessage(answer, answer.flatMap(buffersOf));
};

async function verdictOn(
  path: string,
  keepsInodes: boolean,
): Promise<VerdictAnswer[number]> {
  const { files, source } = await openFiles(path, {});
  try {
    const { identity } = source;
    if (identity === undefined) return undefined;
    const record = await ContentRecord.open(files);
    return { identity, posted: await record.postedVerdict(keepsInodes) };
  } finally {
    source.close();
  }
}

/** What is handed over, and not copied. */
function buffersOf(found: VerdictAnswer[number]): ArrayBuffer[] {
  const inodes = found?.posted.inodes;
  if (inodes === undefined) return [];
  const [rows, common, times] = inodes.stats;
  return [inodes.rows.buffer, ...rows.pieces, ...common.pieces, ...times.pieces];
}
