/**
 * An image of a folder that is filled for one test, and served in this process.
 * @module
 */

import { mkdirSync, renameSync } from "node:fs";
import { connect } from "node:net";
import { pipeline, recipes } from "icecore";
import { type ImageReader, openImage } from "icecore/read";
import { type ServedImages, serveImages, type ServeOptions } from "../../../serve/serve_images.ts";
import { planOf, withImage } from "../images/write_image.ts";
import { inTemporaryFolder } from "../temporary_folder.ts";
import { buildTree, type Node } from "../trees/tree_builder.ts";

/** What a test of the server works with. */
export interface Served {
  readonly server: ServedImages;
  readonly image: ImageReader;
  /** Where the image is. */
  readonly path: string;
  /** The folder of the test. */
  readonly folder: string;
  /** What the server said was wrong. */
  readonly problems: string[];
  /** The address of a part, e.g. `raw/photos/ice.jpg`. */
  at(part: string): string;
}

/** Builds an image of what `fill` puts into a folder, without the folder itself. */
export async function buildImage(
  folder: string,
  fill: (source: string) => void | Promise<void>,
  name = "test.img",
): Promise<string> {
  const source = `${folder}/source of ${name}`;
  mkdirSync(source);
  await fill(source);
  const output = `${folder}/${name}`;
  await pipeline(recipes.native).run({ sources: [`${source}/.`], output });
  return output;
}

/** Serves an image of what `fill` puts into a folder, for the time of `use`. */
export async function whileServed(
  fill: (source: string) => void | Promise<void>,
  use: (served: Served) => void | Promise<void>,
  options: ServeOptions = {},
): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const path = await buildImage(folder, fill);
    await whileServing(path, folder, use, options);
  });
}

/** The same of a tree that is declared as data: of many files, of huge ones, under any names. */
export async function whileServedTree(
  root: Node,
  use: (served: Served) => void | Promise<void>,
  options: ServeOptions = {},
  name = "test.img",
): Promise<void> {
  const built = buildTree(root);
  await withImage(built, planOf(built), async (path, folder) => {
    renameSync(path, `${folder}/${name}`);
    await whileServing(`${folder}/${name}`, folder, use, options);
  });
}

/** Serves an image that is there. */
export async function whileServing(
  path: string,
  folder: string,
  use: (served: Served) => void | Promise<void>,
  options: ServeOptions = {},
): Promise<void> {
  const problems: string[] = [];
  const leftOut = (error: Error) => void problems.push(error.message);
  await using image = await openImage(path, { onUnsupported: leftOut });
  const salvage = () => openImage(path, { onBroken: leftOut, onUnsupported: leftOut });
  const name = path.replace(/.*\//, "");
  await using server = await serveImages([{ name, reader: image, salvage }], {
    ...options,
    onProblem: (problem) => void problems.push(problem),
  });
  const at = (part: string) => server.url + part;
  await use({ server, image, path, folder, problems, at });
}

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  /** Names in small letters. */
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
}

/**
 * Sends lines as they are, which no client library would, and reads what comes until the server
 * closes the connection.
 */
export async function sendRaw(port: number, lines: readonly string[]): Promise<RawAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.setEncoding("latin1");
  socket.on("data", (chunk) => text += chunk);
  socket.on("close", () => resolve(text));
  socket.on("error", reject);
  socket.write(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
  return parsed(await promise);
}

/** A request in lines, for `sendRaw`. */
export function requestLines(
  target: string,
  headers: Readonly<Record<string, string>> = {},
  method = "GET",
): string[] {
  const all = { Host: "127.0.0.1", Connection: "close", ...headers };
  return [
    `${method} ${target} HTTP/1.1`,
    ...Object.entries(all).map(([name, value]) => `${name}: ${value}`),
  ];
}

function parsed(answer: string): RawAnswer {
  const end = answer.indexOf("\r\n\r\n");
  const [statusLine = "", ...lines] = answer.slice(0, end).split("\r\n");
  const headers = new Map(lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  }));
  return { status: Number(statusLine.split(" ")[1]), headers, text: answer.slice(end + 4) };
}
