import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import type { OpenLayer } from "../../image/stack/layer.ts";
import { openLayer } from "../../image/stack/open_layer.ts";
import { VerdictsAhead } from "../../image/verdicts_ahead.ts";
import { flip } from "../support/images/damaged_image.ts";
import { buildImage } from "../support/mounts/mounted_stack.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

const WAIT_MS = 30_000;

/** An image of some files, and a layer on it. */
async function withImages(
  use: (images: { full: string; layer: string; source: string }) => Promise<void>,
): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const source = `${folder}/source`;
    mkdirSync(`${source}/below`, { recursive: true });
    for (let i = 0; i < 300; i++) writeFileSync(`${source}/below/${i}`, `${i}`);
    symlinkSync("elsewhere", `${source}/link`);
    const [full, layer] = [`${folder}/full.img`, `${folder}/layer.img`];
    await buildImage(source, full);
    writeFileSync(`${source}/new`, "new");
    await buildImage(source, layer, { base: full });
    await use({ full, layer, source });
  });
}

/** Has a thread look at images that are open, until it has found something of so many. */
async function adopted(
  paths: readonly string[],
  { keepsInodes = false, count = paths.length, change = () => {} },
): Promise<OpenLayer[]> {
  const opened = [];
  for (const path of paths) opened.push(await openLayer(path, {}));
  change();
  const images = opened.map(({ source, record }, i) => ({ location: paths[i]!, source, record }));
  const ahead = new VerdictsAhead(images, keepsInodes);
  try {
    const deadlineMs = performance.now() + WAIT_MS;
    while (ahead.adopt() < count && performance.now() < deadlineMs) await setTimeout(5);
    assert.equal(ahead.adopt(), count);
  } finally {
    ahead.close();
  }
  return opened;
}

function close(opened: readonly OpenLayer[]): void {
  for (const { source } of opened) source.close();
}

/** All names, and what they name. */
async function listing({ files }: OpenLayer): Promise<string[]> {
  const lines: string[] = [];
  for await (const { entries, stat, path } of files.walkFolders()) {
    lines.push(JSON.stringify([[...path], stat]));
    for (const entry of entries) lines.push(JSON.stringify([entry.nameText, entry.stat]));
  }
  return lines;
}

Deno.test("a verdict is handed over, and with what is known of inodes the walk is the same", () =>
  withImages(async ({ full }) => {
    const opened = await adopted([full], { keepsInodes: true });
    const [first] = opened;
    const fresh = await openLayer(full, {});
    assert.ok(first!.files.knownInodes !== undefined);
    assert.deepEqual(await first!.record.verdict(), { state: "sound" });
    assert.deepEqual(await listing(first!), await listing(fresh));
    close([...opened, fresh]);
  }));

Deno.test("of a stack, each image has its verdict", () =>
  withImages(async ({ full, layer }) => {
    const opened = await adopted([layer, full], {});
    for (const { record, files } of opened) {
      assert.deepEqual(await record.verdict(), { state: "sound" });
      assert.equal(files.knownInodes, undefined);
    }
    close(opened);
  }));

Deno.test("a damaged record is found as well", () =>
  withImages(async ({ full }) => {
    const bytes = readFileSync(full);
    // Its last block is the table's.
    flip(bytes, bytes.length - 4096);
    writeFileSync(full, bytes);
    const opened = await adopted([full], { keepsInodes: true });
    assert.equal((await opened[0]!.record.verdict()).state, "broken");
    close(opened);
  }));

Deno.test("of an image that is gone, or was written to since it was opened, nothing is taken", () =>
  withImages(async ({ full, layer }) => {
    const other = `${full}.copy`;
    writeFileSync(other, readFileSync(full));
    const opened = await adopted([full, other, layer], {
      count: 1,
      change() {
        rmSync(other);
        utimesSync(full, 1, 1);
      },
    });
    // They find out by themselves.
    for (const { record } of opened) assert.deepEqual(await record.verdict(), { state: "sound" });
    close(opened);
  }));
