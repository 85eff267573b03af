/**
 * Looks at names and reads files of a source on a thread of its own.
 * @module
 */

import { Breather } from "../../host/breathe.ts";
import { PlacedFolders } from "./placed_folders.ts";
import { posted } from "./posted_error.ts";
import { NameLooker } from "./name_looker.ts";
import { PieceReader } from "./piece_reader.ts";
import type { Answer, ReadingTask, ReadResult, Task } from "./tasks.ts";

/** What a worker's global scope offers here. */
const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<ReadingTask | Task>) => void;
  postMessage(answer: Answer, transfer: ArrayBuffer[]): void;
};

const breather = new Breather(new AbortController().signal);
const folders = new PlacedFolders();
const pieces = new PieceReader(folders, breather);
let names: NameLooker | undefined;
/** One task after the other, whatever it waits for. */
let last: Promise<void> = Promise.resolve();

scope.onmessage = ({ data }) => {
  if (data.kind === "begin") names = new NameLooker(data, folders, breather);
  else last = last.then(() => answer(data));
};

async function answer(task: Task): Promise<void> {
  const startMs = performance.now();
  try {
    const result = task.kind === "look" ? await names!.look(task) : await pieces.read(task);
    const transfer = task.kind === "read" ? [(result as ReadResult).bytes] : [];
    scope.postMessage({ kind: "done", result, ms: performance.now() - startMs }, transfer);
  } catch (error) {
    scope.postMessage({ kind: "failed", error: posted(error) }, []);
  }
}
