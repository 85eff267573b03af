/**
 * How an image is read in place: one file out of it, and the list of all, local and over HTTP.
 * @module
 */

import { mkdirSync, rmSync, statSync } from "node:fs";
import { basename } from "node:path";
import type { Place } from "./contenders.ts";
import { serveFile } from "./file_server.ts";
import type { IcecoreCommand } from "./icecore_contenders.ts";
import { measure, type RunOptions } from "./measure.ts";
import { median } from "./statistics.ts";
import { showBytes, showSeconds } from "./table.ts";

const rounds = 5;

/** What reading took. */
export interface Reading {
  /** Of `ls -R`, medians. */
  readonly listSeconds: number;
  readonly listPeakBytes?: number;
  readonly listRequests: number;
  /** Of `cat` over HTTP; missing without a file to ask for. */
  readonly fileRequests?: number;
  /** Bytes that came beyond 1.1 times the file's. */
  readonly fileExtraBytes?: number;
}

/** Builds an image of the data and reads it. @param path A file of the data set. */
export async function readInPlace(
  [program = "", ...args]: IcecoreCommand,
  { data, out }: Place,
  path: string | undefined,
  options: Pick<RunOptions, "signal" | "timeoutMs">,
): Promise<Reading> {
  mkdirSync(out, { recursive: true });
  const run = (...words: string[]) =>
    measure([program, ...args, ...words], { ...options, cwd: out });
  try {
    const image = `${out}/x.img`;
    await run("build", data.folder, "-o", image, "--quiet");
    const seconds: number[] = [], peaks: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const { seconds: took, peakBytes } = await run("ls", "-R", image);
      seconds.push(took);
      if (peakBytes !== undefined) peaks.push(peakBytes);
    }
    const listRequests = await served(image, async (url) => void await run("ls", "-R", url));
    const peak = median(peaks);
    const list = {
      listSeconds: median(seconds) ?? NaN,
      ...(peak === undefined ? {} : { listPeakBytes: peak }),
      listRequests: listRequests.countRequests,
    };
    if (path === undefined) return list;
    const inImage = `${basename(data.folder)}/${path}`;
    const file = await served(image, async (url) => void await run("cat", url, inImage));
    const { size } = statSync(`${data.folder}/${path}`);
    return {
      ...list,
      fileRequests: file.countRequests,
      fileExtraBytes: Math.max(0, file.countBytes - 1.1 * size),
    };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** The numbers as a sentence. */
export function showReading(reading: Reading): string {
  const { listSeconds, listPeakBytes, listRequests, fileRequests, fileExtraBytes } = reading;
  const peak = listPeakBytes === undefined ? "" : `, ${showBytes(listPeakBytes)} of memory`;
  const file = fileRequests === undefined ? "" : ` One file over HTTP: ${fileRequests} requests, ` +
    `${showBytes(fileExtraBytes ?? 0)} beyond 1.1 × its size.`;
  return `ls -R of the image: ${showSeconds(listSeconds)}${peak}; over HTTP ${listRequests} ` +
    `requests.${file}`;
}

async function served(image: string, use: (url: string) => Promise<void>) {
  await using server = await serveFile(image);
  await use(server.url);
  const { countRequests, countBytes } = server;
  return { countRequests, countBytes };
}
