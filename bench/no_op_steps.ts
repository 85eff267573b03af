/**
 * What ten inserted steps that do nothing cost a build, by the kind of file they come from.
 * @module
 */

import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import type { IcecoreCommand } from "./icecore_contenders.ts";
import { median } from "./statistics.ts";
import { markdownTable, showSeconds } from "./table.ts";

const countSteps = 10;
const rounds = 21;

/** Each kind: what its files are called, and what stands in them. */
const kinds = [
  {
    name: "modules that use no $, and say so",
    file: (i: number) => `step${i}.ts`,
    text: (i: number) => `export default { name: "step${i}", shell: false, run() {} };\n`,
  },
  {
    name: "shell scripts",
    file: (i: number) => `step${i}.sh`,
    text: () => "#!/bin/sh\n",
  },
] as const;

/** A table: the build alone, and with ten steps of each kind. @param folder On the RAM disk. */
export function noOpSteps(command: IcecoreCommand, folder: string): string {
  const place = `${folder}/steps`;
  mkdirSync(`${place}/source`, { recursive: true });
  writeFileSync(`${place}/source/note.txt`, "An ice core never changes.\n");
  try {
    const rows = kinds.map(({ name, file, text }) => {
      const files = Array.from({ length: countSteps }, (_, i) => {
        writeFileSync(`${place}/${file(i)}`, text(i), { mode: 0o755 });
        return `./${file(i)}`;
      });
      const { alone, withSteps } = measure(command, place, files);
      return [
        name,
        showSeconds(alone),
        showSeconds(withSteps),
        `${((withSteps - alone) * 1000).toFixed(1)} ms`,
      ];
    });
    return markdownTable([`${countSteps} steps`, "build alone", "with them", "cost"], rows);
  } finally {
    rmSync(place, { recursive: true });
  }
}

/** Medians of builds in turn, so that whatever else the machine does meets both alike. */
function measure(command: IcecoreCommand, place: string, files: readonly string[]) {
  const [program = "", ...args] = command;
  const build = (uses: readonly string[]): number => {
    const all = [...args, "build", "source", "-o", "x.img", "--force", "--quiet", ...uses];
    const begin = performance.now();
    const { status, stderr } = spawnSync(program, all, { cwd: place });
    if (status !== 0) throw new Error(`icecore build failed: ${stderr}`);
    return (performance.now() - begin) / 1000;
  };
  const uses = files.flatMap((file) => ["--use", file]);
  const alone: number[] = [];
  const withSteps: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const pair = [build([]), build(uses)] as const;
    // The first brings files into the cache.
    if (round === 0) continue;
    alone.push(pair[0]);
    withSteps.push(pair[1]);
  }
  return { alone: median(alone) ?? NaN, withSteps: median(withSteps) ?? NaN };
}
