/**
 * `icecore volume index`, `find`, `ls`, `cat` and `extract` over three volumes, one of them a layer.
 */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  cpSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { output } from "../../support/programs/oracles.ts";
import { icecore, icecoreOutput } from "../../support/programs/run_icecore.ts";
import { folderServer } from "../../support/servers/folder_server.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** `tree`, and volumes with its parts: `a.img` and `c.img`, and `b2.img` on `b1.img`. */
async function buildSet(folder: string): Promise<void> {
  const at = (path: string) => join(folder, path);
  mkdirSync(at("tree/photos/ice"), { recursive: true });
  mkdirSync(at("tree/photos/snow/empty"), { recursive: true });
  mkdirSync(at("tree/notes"));
  writeFileSync(at("tree/photos/ice/1.jpg"), "one");
  linkSync(at("tree/photos/ice/1.jpg"), at("tree/photos/ice/same.jpg"));
  writeFileSync(at("tree/photos/snow/2.JPG"), "two");
  writeFileSync(at("tree/photos/snow/holes.bin"), "");
  truncateSync(at("tree/photos/snow/holes.bin"), 9_000_000);
  symlinkSync("../photos/snow", at("tree/notes/way"));
  symlinkSync("circle", at("tree/notes/circle"));
  output("bash", [
    "-c",
    `printf latin > "$(printf '%s/caf\\351.txt' "$1")"`,
    "_",
    at("tree/notes"),
  ]);
  const parts = {
    a: ["photos/ice"],
    b1: ["photos/snow"],
    c: ["notes"],
  };
  for (const [name, folders] of Object.entries(parts)) {
    for (const each of folders) {
      mkdirSync(at(`${name}/${each}/..`), { recursive: true });
      // cpSync would encode names anew.
      output("cp", ["-a", at(`tree/${each}`), at(`${name}/${each}`)]);
    }
  }
  setTimesOfFolders(folder);
  await build(folder, ["a/.", "-o", "a.img"]);
  await build(folder, ["b1/.", "-o", "b1.img"]);
  await build(folder, ["c/.", "-o", "c.img"]);
  for (const place of ["tree", "b1"]) {
    appendFileSync(at(`${place}/photos/snow/2.JPG`), " and more");
  }
  utimesSync(at("tree/photos/snow/2.JPG"), 1.6e9, 1.6e9);
  utimesSync(at("b1/photos/snow/2.JPG"), 1.6e9, 1.6e9);
  setTimesOfFolders(folder);
  await build(folder, ["b1/.", "-o", "b2.img", "--base", "b1.img"]);
}

const build = (folder: string, args: string[]) =>
  icecoreOutput(["build", ...args, "--quiet"], folder);

/** The volumes repeat the folders above their parts with their metadata. */
function setTimesOfFolders(folder: string): void {
  for (const place of ["tree", "a", "b1", "c"]) {
    for (const path of ["", "photos"]) {
      const full = join(folder, place, path);
      if (lstatSync(full, { throwIfNoEntry: false }) !== undefined) {
        lutimesSync(full, 1.5e9, 1.5e9);
      }
    }
  }
}

Deno.test("a catalogue answers for all volumes, and each file comes out of its own", async (t) => {
  await inTemporaryFolder(async (folder) => {
    await buildSet(folder);
    const run = (...args: string[]) => icecoreOutput(["volume", ...args], folder);
    const images = ["a.img", "b2.img", "c.img"];
    const made = JSON.parse(await run("index", ...images, "-o", "all.cat", "--json"));
    assert.equal(made.countVolumes, 3);

    await t.step(
      "find by name, size, digest and path, with the volume and the layer",
      async () => {
        assert.equal(
          await run("find", "all.cat", "--name", "*.jpg"),
          "photos/ice/1.jpg\nphotos/ice/same.jpg\n",
        );
        assert.equal(await run("find", "all.cat", "--iname", "2.jpg"), "photos/snow/2.JPG\n");
        assert.equal(await run("find", "all.cat", "photos/ice", "--size", "+5"), "");
        const lines = await run("find", "all.cat", "--digest", sha256("two and more"), "--json");
        const { path, volume, layer, sizeBytes, mtime } = JSON.parse(lines);
        assert.deepEqual(
          { path, volume, layer, sizeBytes, mtime },
          {
            path: "/photos/snow/2.JPG",
            volume: "b2.img",
            layer: undefined,
            sizeBytes: 12,
            mtime: "2020-09-13T12:26:40.000000000Z",
          },
        );
        const either = ["--name", "1.jpg", "--iname", "2.jpg"];
        assert.equal(
          await run("find", "all.cat", ...either),
          "photos/ice/1.jpg\nphotos/snow/2.JPG\n",
        );
        // What has not changed since is read from the image below.
        const below = JSON.parse(await run("find", "all.cat", "photos/snow/holes.bin", "--json"));
        assert.deepEqual([below.volume, below.layer], ["b2.img", "b1.img"]);
        assert.equal(typeof (below.sha256 ?? below.holesSha256), "string");
        assert.equal(await run("find", "all.cat", "--digest", sha256("two")), "");
        assert.equal(
          await run("find", "all.cat", "photos", "--type", "d"),
          "photos\nphotos/ice\nphotos/snow\nphotos/snow/empty\n",
        );
      },
    );

    await t.step("find and ls agree with the tree", async () => {
      const lines = (bytes: Uint8Array) =>
        Buffer.from(bytes).toString("latin1").split("\0").toSorted();
      const { bytes } = await icecore(["volume", "find", "all.cat", "--print0"], { cwd: folder });
      const tree = spawnSync("find", [".", "-mindepth", "1", "-printf", "%P\\0"], {
        cwd: join(folder, "tree"),
      });
      const found = lines(bytes).filter((path) => path !== "/" && path !== "lost+found");
      assert.deepEqual(found, lines(tree.stdout));
      assert.equal(await run("ls", "all.cat", "photos"), "ice\nsnow\n");
      assert.match(await run("ls", "-l", "all.cat", "notes"), /^lrwxrwxrwx .* c\.img {2}way$/m);
    });

    await t.step("cat follows links from one volume into another", async () => {
      assert.equal(await run("cat", "all.cat", "photos/ice/1.jpg"), "one");
      assert.equal(await run("cat", "all.cat", "/notes/way/2.JPG"), "two and more");
      assert.equal(await run("cat", "all.cat", "notes/caf\\351.txt", "--offset", "2"), "tin");
      const circle = await icecore(["volume", "cat", "all.cat", "notes/circle"], { cwd: folder });
      assert.equal(circle.code, 1);
      assert.match(circle.stderr, /too many symbolic links/);
      const missing = await icecore(["volume", "cat", "all.cat", "photos/3.jpg"], { cwd: folder });
      assert.match(missing.stderr, /the catalogue has no such path/);
    });

    await t.step(
      "all volumes extracted over one another are the tree",
      async () => {
        const { code, stderr } = await icecore(
          ["volume", "extract", "all.cat", "-o", "out"],
          { cwd: folder },
        );
        assert.equal(code, 0, stderr);
        assert.match(stderr, /out of 3 volumes/);
        const list = (place: string) =>
          output("find", [
            join(folder, place),
            "-printf",
            "%P %y %m %T@ %s %n %l\\n",
          ]).split("\n").map((line) => line.replace(/^(.* d \d+ \S+) \d+ \d+ $/, "$1")).toSorted();
        assert.deepEqual(list("out"), list("tree"));
        output("diff", ["-r", "--no-dereference", join(folder, "out"), join(folder, "tree")]);
        await icecore([
          "volume",
          "extract",
          "all.cat",
          "photos/snow",
          "-o",
          "part",
        ], { cwd: folder });
        assert.deepEqual(readdirSync(join(folder, "part/photos")), ["snow"]);
      },
    );

    await t.step(
      "a kept index is used where its volume is the same",
      async () => {
        await run(
          "index",
          ...images,
          "-o",
          "kept.cat",
          "--indexes",
          "indexes",
          "-q",
        );
        assert.deepEqual(
          readdirSync(join(folder, "indexes")).toSorted(),
          images.map((each) => `${each}.index`),
        );
        const inode = () => lstatSync(join(folder, "indexes/a.img.index")).ino;
        const before = inode();
        await run(
          "index",
          ...images,
          "-o",
          "kept.cat",
          "--indexes",
          "indexes",
          "--force",
          "-q",
        );
        assert.equal(inode(), before);
        assert.equal(await run("find", "kept.cat"), await run("find", "all.cat"));
      },
    );

    await t.step(
      "volumes move with the catalogue, or are named; over HTTP as well",
      async () => {
        mkdirSync(join(folder, "moved"));
        const moved = ["all.cat", "a.img", "b1.img", "b2.img", "c.img"];
        for (const name of moved) {
          renameSync(join(folder, name), join(folder, "moved", name));
        }
        assert.equal(await run("cat", "moved/all.cat", "photos/ice/1.jpg"), "one");
        renameSync(join(folder, "moved/all.cat"), join(folder, "all.cat"));
        const gone = await icecore([
          "volume",
          "cat",
          "all.cat",
          "photos/ice/1.jpg",
        ], { cwd: folder });
        assert.match(gone.stderr, /a\.img.*\(--volumes\)/);
        assert.equal(await run("cat", "all.cat", "photos/ice/1.jpg", "--volumes", "moved"), "one");
        await using server = await folderServer(join(folder, "moved"));
        const { stdout } = await icecore(
          [
            "volume",
            "cat",
            "all.cat",
            "/notes/way/holes.bin",
            "--length",
            "3",
            "--volumes",
            server.url,
          ],
          { cwd: folder },
        );
        assert.equal(stdout, "\0\0\0");
        // The link is in c.img, the file in b2.img and below it: a.img is asked for nothing.
        assert.ok(server.requests.every((request) => !request.startsWith("a.img")));
        cpSync(join(folder, "moved/c.img"), join(folder, "moved/a.img"));
        const other = await icecore(
          ["volume", "cat", "all.cat", "photos/ice/1.jpg", "--volumes", "moved"],
          { cwd: folder },
        );
        assert.match(other.stderr, /it is not the image that the catalogue was made of/);
      },
    );
  });
});

Deno.test("what is not a catalogue is refused, and nothing is left of one that failed", async () => {
  await inTemporaryFolder(async (folder) => {
    writeFileSync(join(folder, "text"), "no catalogue\n".repeat(1000));
    const refused = await icecore(["volume", "find", "text"], { cwd: folder });
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /cannot open the catalogue text: .*icecore volume index makes/);
    const failed = await icecore(["volume", "index", "text", "-o", "new.cat"], {
      cwd: folder,
    });
    assert.equal(failed.code, 1);
    assert.deepEqual(readdirSync(folder), ["text"]);
    rmSync(join(folder, "text"));
  });
});
