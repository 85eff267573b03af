/**
 * What the commands print of an image that lies on another.
 */

import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { output } from "../support/programs/oracles.ts";
import { icecore, icecoreOutput } from "../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

/** `jan.img`, and `feb.img` on it, in a folder that commands are run in. */
async function withTwo(use: (folder: string) => Promise<void>): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const docs = `${folder}/docs`;
    mkdirSync(`${docs}/notes`, { recursive: true });
    for (const name of ["a", "b", "c"]) writeFileSync(`${docs}/${name}.txt`, `${name} of January`);
    await icecoreOutput(["build", "docs", "-o", "jan.img", "--quiet"], folder);
    writeFileSync(`${docs}/a.txt`, "a of February");
    rmSync(`${docs}/b.txt`);
    rmSync(`${docs}/notes`, { recursive: true });
    writeFileSync(`${docs}/notes`, "a file now");
    rmSync(`${docs}/c.txt`);
    mkdirSync(`${docs}/c.txt`);
    writeFileSync(`${docs}/c.txt/within`, "deeper");
    utimesSync(docs, 1.7e9, 1.7e9);
    const args = ["build", "docs", "-o", "feb.img", "--base", "jan.img", "--quiet"];
    await icecoreOutput(args, folder);
    await use(folder);
  });
}

Deno.test("ls, cat and find show one tree, and with --layer the marks by name", () =>
  withTwo(async (folder) => {
    const run = (...args: string[]) => icecoreOutput(args, folder);
    assert.equal(await run("ls", "feb.img", "docs"), "a.txt\nc.txt\nnotes\n");
    assert.equal(await run("ls", "jan.img", "docs"), "a.txt\nb.txt\nc.txt\nnotes\n");
    assert.equal(await run("cat", "feb.img", "docs/a.txt"), "a of February");
    assert.equal(
      await run("find", "feb.img", "docs", "--type", "f"),
      "docs/a.txt\ndocs/notes\ndocs/c.txt/within\n",
    );
    assert.equal(
      await run("ls", "--layer", "feb.img", "docs"),
      "a.txt\nb.txt (whiteout)\nc.txt (opaque)\nnotes\n",
    );
    assert.match(
      await run("ls", "-l", "--layer", "feb.img", "docs"),
      /^c-+ .* b\.txt \(whiteout\)$/m,
    );
    const json = (await run("ls", "--json", "--layer", "feb.img", "docs")).trim().split("\n");
    const marks = json.map((line) => JSON.parse(line)).map(({ path, mark }) => [path, mark]);
    assert.deepEqual(marks, [
      ["/docs/a.txt", undefined],
      ["/docs/b.txt", "whiteout"],
      ["/docs/c.txt", "opaque"],
      ["/docs/notes", undefined],
    ]);
  }));

Deno.test("info says what an image was built on, and what of it was found", () =>
  withTwo(async (folder) => {
    const text = await icecoreOutput(["info", "feb.img"], folder);
    assert.match(text, /^built on +jan\.img, of UUID [0-9a-f-]{36}$/m);
    assert.match(text, /^lies on +jan\.img$/m);
    const { base, layers } = JSON.parse(await icecoreOutput(["info", "--json", "feb.img"], folder));
    assert.equal(base.name, "jan.img");
    assert.equal(base.depth, 1);
    assert.deepEqual(layers.map(({ image }: { image: string }) => image), ["feb.img", "jan.img"]);
    assert.equal(layers[1].uuid, base.uuid);
    assert.equal(layers[1].sizeBytes, Deno.statSync(`${folder}/jan.img`).size);
    rmSync(`${folder}/jan.img`);
    const alone = await icecoreOutput(["info", "--layer", "feb.img"], folder);
    assert.match(alone, /^built on +jan\.img/m);
  }));

Deno.test("extract, export, diff and digests take all of the stack", () =>
  withTwo(async (folder) => {
    const run = (...args: string[]) => icecoreOutput(args, folder);
    await run("extract", "feb.img", "-o", "out", "--quiet");
    const same = await icecore(["diff", "feb.img", "docs"], { cwd: folder });
    assert.deepEqual([same.code, same.stdout], [0, ""], same.stderr);
    assert.deepEqual(readdirSync(`${folder}/out/docs`).sort(), ["a.txt", "c.txt", "notes"]);
    const { bytes } = await icecore(["export", "feb.img", "--tar"], { cwd: folder });
    writeFileSync(`${folder}/x.tar`, bytes);
    const names = output("tar", ["-tf", `${folder}/x.tar`]).split("\n").filter((name) =>
      name !== ""
    );
    assert.deepEqual(names.sort(), [
      "./",
      ...["", "a.txt", "c.txt/", "c.txt/within", "notes"].map(
        (name) => `docs/${name}`,
      ),
    ]);
    const changes = await icecore(["diff", "jan.img", "feb.img"], { cwd: folder });
    assert.equal(changes.code, 4);
    assert.match(changes.stdout, /^- docs\/b\.txt$/m);
    assert.match(changes.stdout, /^M docs\/a\.txt /m);
    writeFileSync(`${folder}/sums`, await run("digests", "feb.img"));
    output("sha256sum", ["-c", "--quiet", "../sums"], `${folder}/out`);
    assert.equal(readFileSync(`${folder}/sums`, "utf8").split("\n").length, 4);
  }));

Deno.test("a missing or wrong image below is refused by every command, with the flag that helps", () =>
  withTwo(async (folder) => {
    rmSync(`${folder}/jan.img`);
    mkdirSync(`${folder}/at`);
    const commands = [
      ["ls", "feb.img"],
      ["cat", "feb.img", "docs/a.txt"],
      ["find", "feb.img"],
      ["info", "feb.img"],
      ["extract", "feb.img", "-o", "out"],
      ["export", "feb.img", "--tar"],
      ["diff", "feb.img", "docs"],
      ["digests", "feb.img"],
      ["merge", "feb.img", "-o", "full.img"],
      ["mount", "feb.img", "at"],
      ["build", "docs", "-o", "mar.img", "--base", "feb.img"],
    ];
    for (const args of commands) {
      const { code, stderr } = await icecore(args, { cwd: folder });
      assert.equal(code, 1, `${args.join(" ")}: ${stderr}`);
      assert.match(stderr, /it needs the image below, jan\.img, of UUID /, args.join(" "));
      assert.match(stderr, /--base/, args.join(" "));
    }
    assert.deepEqual(readdirSync(folder).sort(), [
      ...["at", "docs", "feb.img", "feb.img.sha512", "jan.img.sha512"],
    ]);
  }));
