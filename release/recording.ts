/**
 * Records a session on a terminal as an animated SVG: each line is typed and run for real.
 *
 *     deno task recording > docs/images/session.svg
 *
 * It needs `script`, of util-linux, and runs the source, or ICECORE_EXECUTABLE.
 * @module
 */

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { run } from "./run.ts";
import { type Moment, terminalSvg } from "./terminal_svg.ts";

const COLUMNS = 80;
const ROWS = 24;
const SESSION = [
  "icecore build photos",
  "icecore ls photos.img photos/2014",
  "icecore find photos.img --iname '*.JPG' --size +1M",
  "icecore cat photos.img photos/notes.txt",
  "icecore verify photos.img --source photos",
] as const;
/** How long a person waits before typing, and types a character. */
const PAUSE_SECONDS = 1.2;
const KEY_SECONDS = 0.05;

/** Bytes without a pattern, the same each time. */
function noise(seed: string, sizeBytes: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  for (let at = 0, i = 0; at < sizeBytes; at += 64, i++) {
    const block = createHash("sha512").update(`${seed}${i}`).digest();
    bytes.set(block.subarray(0, Math.min(64, sizeBytes - at)), at);
  }
  return bytes;
}

const folder = mkdtempSync(`${tmpdir()}/icecore-recording-`);
try {
  mkdirSync(`${folder}/photos/2014`, { recursive: true });
  mkdirSync(`${folder}/photos/2015`);
  writeFileSync(`${folder}/photos/notes.txt`, "Vatnajökull, the second summer.\n");
  for (
    const [name, sizeBytes] of [["2014/glacier.jpg", 2.4e6], ["2015/geyser.jpg", 1.1e6]] as const
  ) {
    writeFileSync(`${folder}/photos/${name}`, noise(name, sizeBytes));
  }
  writeFileSync(`${folder}/photos/2014/thumbnail.jpg`, noise("thumbnail", 9e3));
  const main = fileURLToPath(new URL("../main.ts", import.meta.url));
  const executable = process.env["ICECORE_EXECUTABLE"];
  mkdirSync(`${folder}/.bin`);
  if (executable === undefined) {
    const line = `exec npx -y deno@2.9.6 run -qA --no-check ${main} "$@"`;
    writeFileSync(`${folder}/.bin/icecore`, `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  } else symlinkSync(executable, `${folder}/.bin/icecore`);

  const moments: Moment[] = [];
  let seconds = 0.5;
  for (const line of SESSION) {
    moments.push({ seconds, typed: line, typingSeconds: line.length * KEY_SECONDS });
    seconds += line.length * KEY_SECONDS;
    const begin = performance.now();
    const output = run(["script", "--quiet", "--return", "--command", line, "/dev/null"], {
      cwd: folder,
      env: {
        PATH: `${folder}/.bin:${process.env["PATH"]}`,
        TERM: "xterm",
        CI: "1",
        COLUMNS: String(COLUMNS),
      },
    });
    seconds += (performance.now() - begin) / 1000;
    const printed = output.replaceAll("\r", "").replaceAll(`${folder}/`, "").trimEnd().split("\n");
    moments.push({ seconds, printed });
    seconds += PAUSE_SECONDS;
  }
  process.stdout.write(terminalSvg(moments, { columns: COLUMNS, rows: ROWS, seconds }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
