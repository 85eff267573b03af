/**
 * Refuses to mount what holds an image in another form: the kernel and fuse2fs mount plain ones.
 * @module
 */

import { existsSync } from "node:fs";
import type { HostBlockSource } from "../../host/block_source/block_source.ts";
import { openFileSource } from "../../host/block_source/file_source.ts";
import { EnvironmentError } from "../../host/environment_error.ts";
import { outputBeside, quoted } from "../no_image/shell_words.ts";
import { imageWithin } from "../stored/partition.ts";
import { SliceSource } from "../stored/slice_source.ts";
import { PartsSource } from "../stored/split/parts_source.ts";
import { outermostLayer, unwrapParts } from "../stored/unwrap.ts";

/** @throws EnvironmentError `cannot-mount`, with what to do instead. */
export async function requirePlain(path: string): Promise<void> {
  let source: HostBlockSource = openFileSource(path);
  try {
    source = await unwrapParts(source, { location: path, onBroken: () => {} });
    if (source instanceof PartsSource) {
      throw refusal(source, "it is cut into parts", joinCommand(source.about.shownManifest, path));
    }
    const layer = await outermostLayer(source);
    if (layer !== undefined) throw refusal(source, `it is stored as ${layer}`, COMMANDS[layer]);
    const image = await imageWithin(source, {});
    if (!(image instanceof SliceSource)) return;
    const { offsetBytes, sizeBytes } = image;
    const attach = `attach its partition with sudo losetup --find --show --read-only ` +
      `--offset ${offsetBytes} --sizelimit ${sizeBytes} ${
        quoted(path)
      } and mount the device that ` +
      "this prints";
    throw refusal(source, "it is a whole disk", () => attach);
  } finally {
    source.close();
  }
}

type Command = (file: string, out: string) => string;

const decrypt: Command = (file, out) => `decrypt it with age -d -o ${out} ${file}`;
const COMMANDS: Readonly<Record<string, Command>> = {
  age: decrypt,
  "age armor": decrypt,
  zstd: (file, out) => `unpack it with zstd -d -o ${out} ${file}`,
};

function joinCommand(manifest: string | undefined, path: string): Command {
  if (manifest !== undefined) return () => `join them with icecore join ${quoted(manifest)}`;
  return () => `join them: cat all of them in order, from ${quoted(path)} on, into one file`;
}

function refusal(
  { shownName }: HostBlockSource,
  what: string,
  command: Command = () => "make a plain image of it",
): EnvironmentError {
  const out = quoted(outputBeside(shownName, existsSync));
  return new EnvironmentError(
    `cannot mount ${shownName}: ${what}, and only a plain image can be mounted. ` +
      `Read it in place with icecore ls, cat and extract, or ${command(quoted(shownName), out)}.`,
    "cannot-mount",
  );
}
