/**
 * Sources that take their time: a file system on which each operation takes a millisecond longer,
 * and a disk whose cache is cold. Beside tar, and beside the bare calls by 16 threads, which is what
 * no program can be faster than.
 * @module
 */

import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import process from "node:process";
import { compileC } from "./compile_c.ts";
import { type DataSet, generate, generateMany } from "./data.ts";
import type { IcecoreCommand } from "./icecore_contenders.ts";
import { measure } from "./measure.ts";
import { compileSlow, mount, type Mounted, run, unable, unmount } from "./slow_mount.ts";
import type { SlowOptions } from "./slow_options.ts";
import { slowTarget } from "./slow_target.ts";
import { median } from "./statistics.ts";
import { markdownTable, showSeconds } from "./table.ts";

const COUNT_THREADS = "16";
/** What build / tar is to be at most. */
const TRIALS: readonly {
  readonly kind: string;
  readonly goal: number;
  readonly make: (folder: string, scale: number) => DataSet;
}[] = [
  {
    kind: "small",
    goal: 0.15,
    make: (folder, scale) => generateMany(folder, Math.ceil(5000 * scale)),
  },
  { kind: "photos", goal: 0.6, make: (folder, scale) => generate("photos", folder, scale) },
];

/** Measures both. @returns Markdown. */
export async function slowSources(
  command: IcecoreCommand,
  folder: string,
  options: SlowOptions,
): Promise<string> {
  const why = unable();
  if (why !== undefined) return `Not measured: ${why}.`;
  compileSlow(folder);
  compileC("calls_by_threads", ["-lpthread"], folder);
  const rows: string[][] = [];
  for (const { kind, goal, make } of TRIALS) {
    const data = make(`${folder}/slow-data`, options.scale);
    const mounted = await mount(folder, "slow-data");
    try {
      const name = `${kind}, ${data.countFiles.toLocaleString("en")} files, 1 ms an operation`;
      // The kernel keeps names and attributes for a second.
      const before = () => setTimeout(1200);
      rows.push(await trial(name, goal, command, folder, mounted, { ...options, before }));
    } finally {
      unmount(mounted);
    }
    options.log(`${kind}: cold cache`);
    rows.push(await coldTrial(kind, command, folder, options));
    rmSync(data.folder, { recursive: true });
  }
  const table = markdownTable(
    ["source", "build", "tar", "build / tar", "goal", "the calls by 16 threads", "build / calls"],
    rows,
  );
  return `${table}\n\n${await slowTarget(command, folder, options)}`;
}

async function trial(
  name: string,
  goal: number | undefined,
  command: IcecoreCommand,
  folder: string,
  { folder: source }: Mounted,
  { rounds, log, before, ...options }: SlowOptions & { readonly before: () => Promise<void> },
): Promise<string[]> {
  const out = `${folder}/out`;
  const argvs = {
    build: [...command, "build", source, "-o", `${out}/x.img`, "--force", "--quiet"],
    tar: ["sh", "-c", 'tar cf - "$1" | cat >/dev/null', "sh", source],
    calls: [`${folder}/calls_by_threads`, source, COUNT_THREADS],
  };
  const seconds = { build: [] as number[], tar: [] as number[], calls: [] as number[] };
  mkdirSync(out, { recursive: true });
  // The kernel asks FUSE for names that it has never seen one after the other, whoever wants them.
  await measure(argvs.calls, { ...options, cwd: out });
  for (let round = 1; round <= rounds; round++) {
    for (const contender of ["build", "tar", "calls"] as const) {
      log(`${name}: round ${round} of ${rounds}: ${contender}`);
      await before();
      const { seconds: took } = await measure(argvs[contender], { ...options, cwd: out });
      seconds[contender].push(took);
    }
  }
  rmSync(out, { recursive: true });
  const [build, tar, calls] = [seconds.build, seconds.tar, seconds.calls]
    .map((each) => median(each) ?? NaN) as [number, number, number];
  return [
    name,
    showSeconds(build),
    showSeconds(tar),
    (build / tar).toFixed(2),
    goal === undefined ? "–" : `≤ ${goal}`,
    showSeconds(calls),
    (build / calls).toFixed(2),
  ];
}

/** On an ext4 file system of this machine's disk, whose cache is dropped before each run. */
async function coldTrial(
  kind: string,
  command: IcecoreCommand,
  folder: string,
  options: SlowOptions,
): Promise<string[]> {
  const { TMPDIR: temporary = "/var/tmp" } = process.env;
  const disk = `${temporary}/icecore-bench-cold-${process.pid}.img`;
  const at = `${folder}/cold`;
  mkdirSync(at, { recursive: true });
  try {
    writeFileSync(disk, "");
    run("truncate", ["-s", "4G", disk]);
    run("mkfs.ext4", ["-q", "-F", disk]);
    run("mount", ["-o", "loop", disk, at]);
    run("cp", ["-a", `${folder}/slow-data/.`, at]);
    const before = () => {
      spawnSync("sync", ["-f", at]);
      writeFileSync("/proc/sys/vm/drop_caches", "3");
      return Promise.resolve();
    };
    const name = `${kind}, from a disk, cold`;
    return await trial(name, undefined, command, folder, { folder: at }, { ...options, before });
  } finally {
    spawnSync("umount", [at]);
    rmSync(disk, { force: true });
  }
}
