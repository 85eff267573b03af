/**
 * Long files are compared with the record while they are extracted.
 */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { flip, placeOf } from "../support/images/damaged_image.ts";
import { temporaryFolder } from "../support/images/write_image.ts";
import { icecore, icecoreOutput } from "../support/programs/run_icecore.ts";

const MIB = 2 ** 20;

/** Around the lengths of the pieces in which they are read. */
const SIZES: Readonly<Record<string, number>> = {
  a: 65 * MIB,
  b: 3 * MIB + 1,
  c: 2 * MIB,
  d: MIB - 1,
  e: 9 * MIB + 4095,
  f: 1 * MIB,
  g: 5,
};

function write(path: string, sizeBytes: number): void {
  const fd = openSync(path, "w");
  const block = Uint8Array.from({ length: MIB }, (_, i) => (i * 7 + (i >> 9) + sizeBytes) & 0xff);
  for (let at = 0; at < sizeBytes; at += MIB) {
    block[0] = at / MIB;
    writeSync(fd, block, 0, Math.min(MIB, sizeBytes - at), at);
  }
  closeSync(fd);
}

async function withLongFiles(use: (image: string, place: string) => Promise<void>): Promise<void> {
  const place = temporaryFolder();
  try {
    const source = join(place, "long");
    mkdirSync(source);
    for (const [name, sizeBytes] of Object.entries(SIZES)) write(join(source, name), sizeBytes);
    write(join(source, "hole"), 2 * MIB);
    truncateSync(join(source, "hole"), 8 * MIB);
    write(join(source, "long-hole"), 2 * MIB);
    truncateSync(join(source, "long-hole"), 100 * MIB);
    const image = join(place, "long.img");
    await icecoreOutput(["build", source, "-o", image, "--quiet"]);
    await use(image, place);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

Deno.test("long files are extracted as they are, holes as holes", () =>
  withLongFiles(async (image, place) => {
    const target = join(place, "out");
    await icecoreOutput(["extract", image, "-o", target, "--quiet"]);
    execFileSync("diff", ["-r", join(place, "long"), join(target, "long")]);
    assert.ok(statSync(join(target, "long/long-hole")).blocks * 512 < 4 * MIB);
  }));

Deno.test("of long files each that is damaged anywhere is left out and named, and no other", () =>
  withLongFiles(async (image, place) => {
    const bytes = readFileSync(image);
    const damaged: Record<string, number> = {
      a: 64 * MIB,
      c: 0,
      e: 9 * MIB + 4094,
      "long-hole": MIB,
    };
    for (const [name, offset] of Object.entries(damaged)) {
      flip(bytes, (await placeOf(bytes, `long/${name}`)).at + offset);
    }
    const changed = `${image}-changed`;
    writeFileSync(changed, bytes);
    const target = join(place, "out");
    const { code, stderr } = await icecore(["extract", changed, "-o", target, "--quiet"]);
    assert.equal(code, 4, stderr);
    for (const name of [...Object.keys(SIZES), "hole", "long-hole"]) {
      assert.equal(existsSync(join(target, "long", name)), !(name in damaged), name);
      assert.equal(stderr.includes(`cannot trust long/${name}: `), name in damaged, name);
    }
    rmSync(target, { recursive: true });
    const salvaged = await icecore(["extract", changed, "-o", target, "--salvage", "--quiet"]);
    assert.equal(salvaged.code, 3);
    for (const name of Object.keys(damaged)) {
      assert.equal(
        statSync(join(target, "long", name)).size,
        statSync(join(place, "long", name)).size,
      );
    }
    const exported = await icecore(["export", changed, "--tar"]);
    assert.equal(exported.code, 4);
    for (const name of Object.keys(SIZES)) {
      assert.equal(exported.stderr.includes(`cannot trust long/${name}: `), name in damaged, name);
    }
  }));
