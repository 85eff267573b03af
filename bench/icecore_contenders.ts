/**
 * icecore itself as a contender: each recipe it knows, as executable and, if asked, from source;
 * and the programs of recipe e2fsprogs, called from a script with the sizes icecore chose.
 * @module
 */

import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Contender, names, type Place } from "./contenders.ts";

/** How icecore is started: an executable, or a runtime with a module. */
export type IcecoreCommand = readonly string[];

/** icecore from source, under the runtime that runs this benchmark. */
export const fromSource: IcecoreCommand = [
  Deno.execPath(),
  "run",
  "--allow-all",
  fileURLToPath(new URL("../main.ts", import.meta.url)),
];

/** A contender for each recipe that `command` knows. */
export function icecoreContenders(command: IcecoreCommand, suffix = ""): Contender[] {
  const contenders: Contender[] = [];
  for (const recipe of ["native", "e2fsprogs"] as const) {
    if (!knowsRecipe(command, recipe)) continue;
    contenders.push({
      name: names[recipe] + suffix,
      programs: recipe === "native" ? [] : ["mkfs.ext4", "resize2fs", "tune2fs", "e2fsck"],
      root: recipe === "e2fsprogs",
      argv: (place) => [...buildArgv(command, recipe, place), "--quiet"],
      result: "x.img",
    });
  }
  return contenders;
}

/** The programs of recipe e2fsprogs from a script; `undefined` where icecore lacks the recipe. */
export function samePrograms(command: IcecoreCommand, place: Place): Contender | undefined {
  if (!knowsRecipe(command, "e2fsprogs")) return undefined;
  const contender = {
    name: names.samePrograms,
    programs: ["mkfs.ext4", "resize2fs", "tune2fs", "e2fsck"],
    root: true,
    result: "x.img",
  };
  const chosen = chosenCommands(command, place);
  if (typeof chosen === "string") return { ...contender, unable: chosen, argv: () => [] };
  const script = fileURLToPath(new URL("./same_programs.sh", import.meta.url));
  const folder = place.data.folder.replace(/\/[^/]*$/, "");
  const [before, after] = [`${folder}/commands-before`, `${folder}/commands-after`];
  writeFileSync(before, chosen.before.map((line) => `${line}\n`).join(""));
  writeFileSync(after, chosen.after.map((line) => `${line}\n`).join(""));
  return {
    ...contender,
    argv: ({ data, out, mountpoint }) => [
      "bash",
      script,
      data.folder,
      `${out}/x.img`,
      mountpoint,
      String(chosen.sizeBytes),
      before,
      after,
    ],
  };
}

function knowsRecipe(command: IcecoreCommand, recipe: string): boolean {
  const [program = "", ...args] = command;
  const { status, stdout } = spawnSync(program, [...args, "steps"], { encoding: "utf8" });
  return status === 0 && new RegExp(`\\b${recipe}\\b`).test(stdout);
}

function buildArgv(command: IcecoreCommand, recipe: string, { data, out }: Place): string[] {
  return [...command, "build", data.folder, "-o", `${out}/x.img`, "--recipe", recipe];
}

interface Chosen {
  readonly sizeBytes: number;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** What icecore's events say in one run that is not timed. */
interface Event {
  readonly type: string;
  readonly step?: string;
  readonly argv?: readonly string[];
  readonly sizeBytes?: number;
}

/** These the script does itself. */
const notReplayed = new Set(["mount", "umount", "nsenter", "losetup", "cp", "sha512sum"]);

/** What icecore chose, or why it is not known. */
function chosenCommands(command: IcecoreCommand, place: Place): Chosen | string {
  mkdirSync(place.out, { recursive: true });
  const [program = "", ...args] = buildArgv(command, "e2fsprogs", place);
  const { status, stdout, stderr } = spawnSync(program, [...args, "--json"], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  rmSync(place.out, { recursive: true, force: true });
  if (status !== 0) return `icecore failed: ${stderr.trim().split("\n").at(-1)}`;
  const events = stdout.split("\n").filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Event);
  const sizeBytes = events.find((event) => event.type === "step-finished" && event.sizeBytes)
    ?.sizeBytes;
  const lines = (select: (index: number) => boolean) =>
    events.flatMap(({ argv = [] }, index) =>
      argv[0] === undefined || notReplayed.has(argv[0]) || !select(index)
        ? []
        : [argv.map((word) => placeholder(word, `${place.out}/x.img`)).join(" ")]
    );
  const mountAt = events.findIndex((event) =>
    event.step === "mount" && event.type === "step-started"
  );
  if (sizeBytes === undefined || mountAt < 0) return "icecore reported no sizes";
  return {
    sizeBytes,
    before: lines((index) => index < mountAt),
    after: lines((index) => index > mountAt),
  };
}

/** The image's path as the word IMAGE, and a file beside it as IMAGE with an ending. */
function placeholder(word: string, image: string): string {
  if (word === `${image}.partial`) return "IMAGE";
  return word.startsWith(image) ? `IMAGE${word.slice(image.length)}` : word;
}
