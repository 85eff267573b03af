/**
 * `deno task bench`: icecore and others on the same data on a RAM disk, in turn.
 * @module
 */

import { mkdirSync, rmSync } from "node:fs";
import { catalogue } from "./catalogue.ts";
import { chains } from "./chain.ts";
import { contest, type Result } from "./contest.ts";
import { bareCalls, type Contender, others } from "./contenders.ts";
import { type DataKind, generate } from "./data.ts";
import { executable, startSeconds } from "./executable.ts";
import { extractAll, showExtracting } from "./extracting.ts";
import { judge, type Report } from "./goals.ts";
import { growth } from "./growth.ts";
import { incremental, showIncremental } from "./incremental.ts";
import { fromSource, icecoreContenders, samePrograms } from "./icecore_contenders.ts";
import { manyNames } from "./many_names.ts";
import { noOpSteps } from "./no_op_steps.ts";
import { oneFolder } from "./one_folder.ts";
import { oneFileSeconds } from "./one_file.ts";
import { readInPlace, showReading } from "./reading.ts";
import { recordFigures, showRecording } from "./recording.ts";
import { stored } from "./stored.ts";
import { serving } from "./serving.ts";
import { type BenchOptions, parseOptions, usage } from "./options.ts";
import { slowSources } from "./slow.ts";
import { sharing } from "./sharing.ts";
import { queueing } from "./queueing.ts";
import { building, planning } from "./volumes.ts";
import { markdownTable, showBytes, showSeconds } from "./table.ts";
import { freeBytes, openWorkspace, type Workspace } from "./workspace.ts";

const log = (text: string) => console.error(`bench: ${text}`);

async function main(options: BenchOptions): Promise<void> {
  if (options.catalogue) {
    using workspace = openWorkspace();
    console.log(await catalogue(workspace.folder, options.scale, log));
    return;
  }
  if (options.names !== undefined) {
    console.log(manyNames(options.names, log));
    return;
  }
  const command = [executable()];
  using workspace = openWorkspace();
  const { folder, signal } = workspace;
  if (options.serving) {
    console.log(await serving(command, folder, options.scale, log));
    return;
  }
  console.log(`Medians of ${options.rounds} rounds, in turn, on a RAM disk.\n`);
  if (options.growth) {
    console.log(await growth(command, folder, options.scale, { ...options, signal, log }));
    return;
  }
  if (options.sharing) {
    console.log(await sharing(command, folder, { ...options, signal, log }));
    return;
  }
  if (options.volumes || options.builds) {
    const how = { ...options, signal, log };
    if (options.volumes) console.log(`${await planning(how)}\n`);
    console.log(await building(command, folder, how));
    if (options.builds) return;
    log("volumes out of a queue");
    console.log(`\n${await queueing(command, folder)}`);
    return;
  }
  if (options.slow) {
    console.log(await slowSources(command, folder, { ...options, signal, log }));
    return;
  }
  if (options.folder) {
    console.log(await oneFolder(command, folder, { ...options, signal, log }));
    return;
  }
  const reports: Report[] = [];
  for (const kind of options.only) {
    const report = await runKind(kind, command, workspace, options);
    reports.push(report);
    console.log(showReport(report));
  }
  if (options.scale === 1) console.log(showGoals(reports));
  else console.log("No goals are judged: they are meant for data of full size.\n");
  console.log("## Encrypted and uploaded while it is packed\n");
  console.log(`${await chains(command, folder, { ...options, signal, log })}\n`);
  console.log("## Read where it is stored, encrypted\n");
  console.log(`${await stored(command, folder, { ...options, signal, log })}\n`);
  console.log("## Equal files stored once, and blocks cloned\n");
  console.log(`${await sharing(command, folder, { ...options, signal, log })}\n`);
  console.log("## Slow sources, and cold caches\n");
  console.log(`${await slowSources(command, folder, { ...options, signal, log })}\n`);
  console.log("## Pages over an image of 200,000 files\n");
  console.log(`${await serving(command, folder, options.scale, log)}\n`);
  console.log("## Ten steps that do nothing (goal: at most 20 ms together)\n");
  console.log(`${noOpSteps(command, folder)}\n`);
  const starts = [
    ["--version", startSeconds(command)],
    ["--help", startSeconds(command, ["--help"])],
    ["no command", startSeconds(command, [], 2)],
    ["ls --help", startSeconds(command, ["ls", "--help"])],
  ] as const;
  const shown = starts.map(([what, seconds]) => `${what} ${showSeconds(seconds)}`).join(", ");
  console.log(`Start of the executable: ${shown} (goal: at most 25 ms each).`);
}

async function runKind(
  kind: DataKind,
  command: readonly string[],
  { folder, signal }: Workspace,
  options: BenchOptions,
): Promise<Report> {
  log(`${kind}: generating`);
  const data = generate(kind, `${folder}/${kind}`, options.scale);
  if (freeBytes() < 3 * data.occupiedBytes) {
    throw new Error(`the RAM disk is too small for ${kind}. Use --scale.`);
  }
  const place = { data, out: `${folder}/out`, mountpoint: `${folder}/mnt` };
  mkdirSync(place.mountpoint, { recursive: true });
  const contenders = listContenders(command, folder, place, options);
  const results = await contest(contenders, place, { ...options, signal, log });
  log(`${kind}: reading in place`);
  const file = kind === "photos" ? "2014/01/IMG_00000.jpg" : undefined;
  const oneFile = file === undefined ? undefined : oneFileSeconds(command, place, file);
  const reading = await readInPlace(command, place, file, { ...options, signal });
  log(`${kind}: extracting`);
  const extracting = await extractAll(command, place, { ...options, signal });
  log(`${kind}: with and without its record`);
  const recording = await recordFigures(command, place, { ...options, signal });
  log(`${kind}: building on an image`);
  const layered = await incremental(command, place, { ...options, signal });
  rmSync(data.folder, { recursive: true });
  return {
    kind,
    data,
    results,
    reading,
    extracting,
    incremental: layered,
    recording,
    ...(oneFile === undefined ? {} : { oneFile }),
  };
}

function listContenders(
  command: readonly string[],
  folder: string,
  place: Parameters<typeof samePrograms>[1],
  { source, filter }: BenchOptions,
): Contender[] {
  const same = Deno.uid() === 0 ? samePrograms(command, place) : undefined;
  return [
    ...icecoreContenders(command),
    ...(source ? icecoreContenders(fromSource, ", from source") : []),
    ...(same === undefined ? [] : [same]),
    ...others,
    bareCalls(folder),
  ].filter(({ name }) => name.includes(filter));
}

function showReport(report: Report): string {
  const { kind, data, results, reading, extracting, recording } = report;
  const first = results.find(({ seconds }) => seconds !== undefined);
  const rows = results.map((result) => [
    result.name,
    result.seconds === undefined ? result.why ?? "–" : showSeconds(result.seconds),
    share(result, first),
    result.peakBytes === undefined ? "–" : showBytes(result.peakBytes),
    result.resultBytes === undefined ? "–" : showBytes(result.resultBytes),
    result.resultBytes === undefined
      ? "–"
      : `${(result.resultBytes / data.sizeBytes).toFixed(4)} ×`,
  ]);
  const head = ["contender", "time", "× the first", "peak memory", "image", "image / data"];
  return `## ${kind}: ${data.countFiles.toLocaleString("en")} files in ` +
    `${data.countFolders.toLocaleString("en")} folders, ${showBytes(data.sizeBytes)}\n\n` +
    `${markdownTable(head, rows)}\n` +
    results.flatMap(({ note }) => note === undefined ? [] : [`\nNote: ${note}.\n`]).join("") +
    (reading === undefined ? "" : `\n${showReading(reading)}\n`) +
    (extracting === undefined ? "" : `\n${showExtracting(extracting)}\n`) +
    (recording === undefined ? "" : `\n${showRecording(recording)}\n`) +
    (report.incremental === undefined ? "" : `\n${showIncremental(report.incremental)}\n`);
}

function share(result: Result, first: Result | undefined): string {
  return result.seconds === undefined || first?.seconds === undefined
    ? "–"
    : (result.seconds / first.seconds).toFixed(2);
}

function showGoals(reports: readonly Report[]): string {
  const rows = judge(reports).map(({ what, atMost, measured }) => [
    what,
    `≤ ${atMost}`,
    measured === undefined ? "not measured" : measured.toFixed(3),
    measured === undefined ? "–" : measured <= atMost ? "yes" : "no",
  ]);
  return `## Goals\n\n${markdownTable(["what", "goal", "measured", "reached"], rows)}\n`;
}

if (import.meta.main) {
  if (Deno.args.includes("--help")) {
    console.log(usage);
  } else {
    try {
      await main(parseOptions(Deno.args));
    } catch (error) {
      log(error instanceof Error ? error.message : String(error));
      Deno.exitCode = 1;
    }
  }
}
