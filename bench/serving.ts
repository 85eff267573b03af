/**
 * How fast `icecore serve` answers, how much it reads for that, and what memory it takes; what
 * `icecore report` takes: from a local image, and from one on a web server.
 * @module
 */

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { generate } from "./data.ts";
import { serveFile } from "./file_server.ts";
import type { IcecoreCommand } from "./icecore_contenders.ts";
import { photo } from "./photo.ts";
import { markdownTable, showBytes, showSeconds } from "./table.ts";

const COUNT_PHOTOS = 500;
const PHOTO_BYTES = 200_000;
const FILM_BYTES = 4_000_000_000;
const SEEKS = [0.9, 0.1, 0.5, 0.999];

/** One measured thing. */
interface Row {
  readonly what: string;
  readonly goal: string;
  readonly measured: string;
  /** Of a remote image: what it took of the server. */
  readonly asked: string;
}

/** Builds an image, serves it from disk and over HTTP, and tells how it went. */
export async function serving(
  command: IcecoreCommand,
  folder: string,
  scale: number,
  log: (text: string) => void,
): Promise<string> {
  log("serving: generating");
  const source = `${folder}/serving`;
  generate("small", `${source}/small`, scale);
  generate("flat", `${source}/flat`, scale);
  mkdirSync(`${source}/photos`);
  const picture = photo(PHOTO_BYTES);
  for (let i = 0; i < COUNT_PHOTOS; i++) writeFileSync(`${source}/photos/${i}.jpg`, picture);
  writeFileSync(`${source}/film.mp4`, "film");
  truncateSync(`${source}/film.mp4`, FILM_BYTES);
  const image = `${folder}/serving.img`;
  const [program = "", ...args] = command;
  spawnSync(program, [...args, "build", `${source}/.`, "-o", image, "-q", "--force"]);
  rmSync(source, { recursive: true });
  try {
    log("serving: from disk");
    const local = await measure(command, image, folder, () => "–");
    log("serving: over HTTP");
    await using server = await serveFile(image);
    let [requests, bytes] = [0, 0];
    const remote = await measure(command, server.url, folder, () => {
      const asked = `${server.countRequests - requests} requests, ` +
        showBytes(server.countBytes - bytes);
      [requests, bytes] = [server.countRequests, server.countBytes];
      return asked;
    });
    const rows = local.map(({ what, goal, measured }, i) => {
      const { measured: there, asked } = remote[i]!;
      return [what, goal, measured, there, asked];
    });
    return markdownTable(["what", "goal", "from disk", "over HTTP", "of the web server"], rows);
  } finally {
    rmSync(image, { force: true });
  }
}

async function measure(
  [program = "", ...args]: IcecoreCommand,
  image: string,
  folder: string,
  asked: () => string,
): Promise<Row[]> {
  const child = spawn(program, [...args, "serve", image, "-q"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [line] = await once(child.stdout, "data") as [Uint8Array];
    const url = new TextDecoder().decode(line).trim();
    const rows: Row[] = [];
    const add = (what: string, goal: string, measured: string) =>
      rows.push({ what, goal, measured, asked: asked() });
    const time = async (what: string, goal: string, part: string) =>
      add(what, goal, showSeconds(await timeOf(`${url}${part}`)));
    await time("first page", "300 ms", "browse/");
    await time("folder of 100,000 names, first rows", "1 s", "browse/flat");
    await time("the same, rows in the middle", "–", "list/flat?from=50000&to=50200");
    const { first, all } = await timeSearch(`${url}search/small?q=f9999`);
    add("search of 100,000 files, first hit", "200 ms", showSeconds(first));
    add("search of 100,000 files, all of it", "–", showSeconds(all));
    const begin = performance.now();
    await inParallel(6, COUNT_PHOTOS, async (i) => {
      const { byteLength } = await (await fetch(`${url}thumb/photos/${i}.jpg`)).arrayBuffer();
      if (byteLength === 0) throw new Error(`there is no thumbnail of ${i}.jpg`);
    });
    add(
      `thumbnails of ${COUNT_PHOTOS} photos`,
      "64 KiB read each",
      showSeconds((performance.now() - begin) / 1000),
    );
    let seconds = 0;
    for (const place of SEEKS) {
      const from = Math.floor(FILM_BYTES * place);
      seconds += await timeOf(`${url}raw/film.mp4`, { range: `bytes=${from}-${from + 99_999}` });
    }
    add(`${SEEKS.length} seeks in a film of 4 GB`, "not read whole", showSeconds(seconds));
    await inParallel(200, 200, async (i) => void await timeOf(`${url}raw/photos/${i}.jpg`));
    add("200 requests at once, then peak memory", "200 MB", showBytes(peakBytes(child.pid!)));
    const page = `${folder}/report.html`;
    const start = performance.now();
    // Not waited for in one call: the web server is in this process.
    const words = ["report", image, "-o", page, "-q", "--force"];
    const reporting = spawn(program, [...args, ...words], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    const [status] = await once(reporting, "close");
    if (status !== 0) throw new Error(`there is no report of ${image}`);
    const took = (performance.now() - start) / 1000;
    add(
      "report of 200,000 files",
      "4 s, 3 MB",
      `${showSeconds(took)}, ${showBytes(statSync(page).size)}`,
    );
    rmSync(page);
    return rows;
  } finally {
    child.kill("SIGINT");
    await once(child, "close");
  }
}

/** Seconds until all of an answer is there. */
async function timeOf(url: string, headers: Record<string, string> = {}): Promise<number> {
  const begin = performance.now();
  const answer = await fetch(url, { headers });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`${url} is answered with ${answer.status}`);
  return (performance.now() - begin) / 1000;
}

async function timeSearch(url: string): Promise<{ first: number; all: number }> {
  const begin = performance.now();
  const seconds = () => (performance.now() - begin) / 1000;
  const reader = (await fetch(url)).body!.getReader();
  await reader.read();
  const first = seconds();
  while (!(await reader.read()).done);
  return { first, all: seconds() };
}

async function inParallel(
  most: number,
  count: number,
  work: (i: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: most }, worker));
}

/** The most memory that a process of this machine has had. */
function peakBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? NaN) * 1024;
}
