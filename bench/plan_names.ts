/**
 * Plans a tree of so many names that no disk has them: as a scan would bring them, in a process of
 * its own, which prints what that took as JSON.
 * @module
 */

import process from "node:process";
import { cutNames } from "../volumes/cut/make_plan.ts";
import { type FoundName, NAME_TYPES } from "../volumes/cut/names_file.ts";
import { TreeNames } from "../volumes/cut/tree_names.ts";
import { PlanFiles } from "../volumes/plan/plan_files.ts";
import { PLAN_FORMAT, PLAN_VERSION } from "../volumes/plan/plan.ts";

const FILES_A_FOLDER = 100;
const FOLDERS_A_FOLDER = 100;
/** One file in so many has a second name, some folders further on. */
const LINKED = 50;
const TARGET_BYTES = 500e9;
/** A hundred million names are 10 TB. */
const FILE_BYTES = 100_000;

const encoder = new TextEncoder();

/** Brings `count` names, in order. */
function bringNames(names: TreeNames, count: number): void {
  const found: FoundName = {
    depth: 0,
    name: new Uint8Array(),
    type: NAME_TYPES.folder,
    isLinked: false,
    dataBytes: 0,
    stampLow: 1,
    stampHigh: 2,
  };
  names.add(found, 0, 0, 0);
  const text = (prefix: string, at: number) =>
    encoder.encode(`${prefix}${String(at).padStart(8, "0")}`);
  const add = (depth: number, name: Uint8Array, isFolder: boolean, inode: number) => {
    found.depth = depth;
    found.name = name;
    found.type = isFolder ? NAME_TYPES.folder : NAME_TYPES.file;
    found.isLinked = !isFolder && inode % LINKED === 0;
    found.dataBytes = isFolder ? 0 : FILE_BYTES * (1 + inode % 7) / 4;
    found.stampLow = Math.imul(inode, 0x9e3779b1) >>> 0;
    names.add(found, 8, 0, inode >>> 0);
  };
  const fileNames = Array.from({ length: FILES_A_FOLDER }, (_, i) => text("photo-", i));
  for (let folder = 0; names.countNames < count; folder++) {
    if (folder % FOLDERS_A_FOLDER === 0) add(1, text("year-", folder / FOLDERS_A_FOLDER), true, 1);
    add(2, text("day-", folder), true, 1);
    for (let file = 0; file < FILES_A_FOLDER; file++) {
      const own = folder * FILES_A_FOLDER + file;
      // The second half of those that are linked are further names of the first.
      const isFurther = own % (2 * LINKED) === LINKED;
      const first = own - LINKED * (1 + 2 * (folder % 500));
      add(3, fileNames[file]!, false, isFurther && first > 0 ? first - first % (2 * LINKED) : own);
    }
  }
}

async function main(output: string, count: number): Promise<void> {
  const files = PlanFiles.claim(output, true);
  const startMs = performance.now();
  const startCpu = process.cpuUsage();
  try {
    const names = new TreeNames(files.names, output);
    bringNames(names, count);
    names.finish();
    const scannedMs = performance.now();
    const header = {
      format: PLAN_FORMAT,
      version: PLAN_VERSION,
      name: "bench",
      generation: 1,
      targetBytes: TARGET_BYTES,
      sources: [],
      options: { exclude: [], oneFileSystem: false, times: "mtime" },
    } as const;
    const { signal } = new AbortController();
    const plan = await cutNames(names, header, { host: "", signal }, undefined, {
      names: files.names,
      place: output,
      plan: files.plan,
    });
    const cpu = process.cpuUsage(startCpu);
    console.log(JSON.stringify({
      countNames: names.countNames,
      countVolumes: plan.volumes.length,
      countMoved: plan.countMoved,
      namesBytes: names.sizeBytes,
      seconds: (performance.now() - startMs) / 1000,
      scanSeconds: (scannedMs - startMs) / 1000,
      cpuSeconds: (cpu.user + cpu.system) / 1e6,
      peakBytes: process.resourceUsage().maxRSS * 1024,
    }));
    names.close();
  } finally {
    await files.close();
  }
}

if (import.meta.main) await main(process.argv[2]!, Number(process.argv[3]));
