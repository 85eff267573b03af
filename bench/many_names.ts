/**
 * Plan and metadata of a tree of any number of names: what grows faster than they do shows here.
 * The tree is synthetic, so that neither a disk nor its reading is measured. Each count is a process
 * of its own, whose memory is its own.
 * @module
 */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { planImage } from "../ext4/plan_image.ts";
import { S_IFDIR, S_IFREG, type Tree, type TreeInode } from "../ext4/tree.ts";
import { TreeBuilder } from "../ext4/tree_builder.ts";
import { markdownTable, showBytes, showSeconds } from "./table.ts";

const FILES_A_FOLDER = 1000;
const MILLION = 1e6;
/** For 10,000,000 names. */
const GOAL = { seconds: 60, peakBytes: 3e9 };

/** What one count took. */
interface Figures {
  readonly treeSeconds: number;
  readonly planSeconds: number;
  readonly writeSeconds: number;
  readonly metadataBytes: number;
  readonly peakBytes: number;
}

/** Measures 1/10, 1/3 and all of `countNames`, and gives a table. */
export function manyNames(countNames: number, log: (text: string) => void): string {
  const counts = [countNames / 10, countNames / 3, countNames].map(Math.ceil);
  const rows = counts.map((count) => {
    log(`${count} names`);
    const { treeSeconds, planSeconds, writeSeconds, metadataBytes, peakBytes } = measureApart(
      count,
    );
    const seconds = planSeconds + writeSeconds;
    return [
      count.toLocaleString("en"),
      showSeconds(treeSeconds),
      showSeconds(planSeconds),
      showSeconds(writeSeconds),
      `${(seconds / count * MILLION).toFixed(2)} s`,
      showBytes(metadataBytes),
      showBytes(peakBytes),
      `${Math.round(peakBytes / count)} B`,
    ];
  });
  const head = ["names", "tree", "plan", "metadata", "plan and metadata, a million names"];
  return `${markdownTable([...head, "written", "peak memory", "a name"], rows)}\n\n` +
    `Goal, of 10,000,000 names: plan and metadata within ${GOAL.seconds} s, at most ` +
    `${showBytes(GOAL.peakBytes)}; and a million takes as long among many as among few.`;
}

function measureApart(count: number): Figures {
  const script = fileURLToPath(import.meta.url);
  const { stdout, status, stderr } = spawnSync(
    process.execPath,
    ["run", "--allow-all", script, String(count)],
    { encoding: "utf8", maxBuffer: 1 << 24 },
  );
  if (status !== 0) throw new Error(`${count} names: ${stderr}`);
  return JSON.parse(stdout) as Figures;
}

function measureHere(count: number): Figures {
  const begin = performance.now();
  const tree = syntheticTree(count);
  const planned = performance.now();
  const plan = planImage(tree, {
    uuid: new Uint8Array(16).fill(7),
    hashSeed: new Uint8Array(16).fill(9),
    blockSizeBytes: "auto",
    label: new Uint8Array(),
    writeTimeSeconds: 1_700_000_000,
    times: "mtime",
    hasRecord: true,
  });
  const writing = performance.now();
  let metadataBytes = 0;
  for (const run of plan.runs()) if (run.kind === "bytes") metadataBytes += run.bytes.length;
  const end = performance.now();
  return {
    treeSeconds: (planned - begin) / 1000,
    planSeconds: (writing - planned) / 1000,
    writeSeconds: (end - writing) / 1000,
    metadataBytes,
    peakBytes: peakBytes(),
  };
}

/** Files of 0 to 300 bytes, a thousand to a folder. */
function syntheticTree(countNames: number): Tree {
  const builder = new TreeBuilder(countNames + 1);
  const encoder = new TextEncoder();
  const mtime = { seconds: 1_700_000_000, nanoseconds: 123_456_789 };
  const owner = { uid: 1000, gid: 1000, mtime };
  const root = builder.addInode({ ...owner, mode: S_IFDIR | 0o755 });
  const countFolders = Math.ceil(countNames / (FILES_A_FOLDER + 1));
  const numbered = (prefix: string, i: number) =>
    encoder.encode(`${prefix}${String(i).padStart(9, "0")}`);
  for (let i = 0; i < countFolders; i++) {
    builder.addName(root, numbered("d", i), builder.addInode({ ...owner, mode: S_IFDIR | 0o755 }));
  }
  for (let i = 0; i < countNames - countFolders; i++) {
    const file = builder.addInode({ ...owner, mode: S_IFREG | 0o644, sizeBytes: i % 301 });
    const folder = 1 + Math.floor(i / FILES_A_FOLDER) as TreeInode;
    builder.addName(folder, numbered("file-", i), file);
  }
  return builder.tree();
}

function peakBytes(): number {
  const [, kib = "0"] = /^VmHWM:\s+(\d+)/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  return Number(kib) * 1024;
}

if (import.meta.main) console.log(JSON.stringify(measureHere(Number(process.argv[2]))));
