import assert from "node:assert/strict";
import { linkSync, mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { loopDevicesOf } from "../../../host/mounts/mounts.ts";
import { extractImage } from "../../../image/extract.ts";
import type { ImageReader } from "../../../image/image_reader.ts";
import { mountImage } from "../../../image/mount_image.ts";
import { openImage } from "../../../image/open_image.ts";
import { unmountImage } from "../../../image/unmount_image.ts";
import { makeOpaque, setAttribute, whiteOut } from "../../support/images/hand_made_layer.ts";
import { appearanceOf, STACK, withStack } from "../../support/mounts/mounted_stack.ts";
import { openIn } from "../../support/programs/open_files.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { withLayers } from "./with_layers.ts";

const NEEDS = { ...STACK, programs: [...STACK.programs!, "mknod", "setfattr"] };

const full = (folder: string) => {
  mkdirSync(`${folder}/docs/old/deep`, { recursive: true });
  mkdirSync(`${folder}/gone/below`, { recursive: true });
  mkdirSync(`${folder}/was-folder/x`, { recursive: true });
  mkdirSync(`${folder}/opaque/hidden`, { recursive: true });
  writeFileSync(`${folder}/docs/a.txt`, "alpha");
  writeFileSync(`${folder}/docs/b.txt`, "beta");
  writeFileSync(`${folder}/docs/old/deep/c.txt`, "gamma");
  writeFileSync(`${folder}/gone/below/d.txt`, "delta");
  writeFileSync(`${folder}/was-file`, "file");
  writeFileSync(`${folder}/opaque/e.txt`, "epsilon");
  writeFileSync(`${folder}/linked`, "links");
  linkSync(`${folder}/linked`, `${folder}/docs/linked-too`);
  symlinkSync("docs/a.txt", `${folder}/shortcut`);
  symlinkSync("docs", `${folder}/way`);
};

const middle = (folder: string) => {
  mkdirSync(`${folder}/docs/new`, { recursive: true });
  mkdirSync(`${folder}/was-file`);
  mkdirSync(`${folder}/opaque`);
  writeFileSync(`${folder}/docs/a.txt`, "ALPHA 2");
  writeFileSync(`${folder}/docs/new/f.txt`, "zeta");
  writeFileSync(`${folder}/was-file/inside`, "inside");
  writeFileSync(`${folder}/was-folder`, "now a file");
  writeFileSync(`${folder}/opaque/g.txt`, "eta");
  whiteOut(`${folder}/gone`);
  whiteOut(`${folder}/docs/b.txt`);
  makeOpaque(`${folder}/opaque`);
  setAttribute(`${folder}/docs`, "user.layer", "middle");
  utimesSync(`${folder}/docs`, 1e9, 1e9);
};

const top = (folder: string) => {
  mkdirSync(`${folder}/gone`);
  mkdirSync(`${folder}/docs/old/deep`, { recursive: true });
  writeFileSync(`${folder}/gone/again.txt`, "back");
  writeFileSync(`${folder}/docs/old/deep/h.txt`, "theta");
  writeFileSync(`${folder}/docs/b.txt`, "beta again");
  setAttribute(`${folder}/docs/b.txt`, "trusted.overlay.overlay.opaque", "y");
  setAttribute(`${folder}/docs/b.txt`, "user.plain", "kept");
  whiteOut(`${folder}/was-file`);
};

async function textOf(image: ImageReader, path: string | number): Promise<string> {
  const stream = await image.readFile(path as string, { followSymlinks: true });
  return await new Response(stream).text();
}

testWith(
  NEEDS,
  "a stack shows what the kernel's overlay of its images shows",
  () =>
    withLayers([full, middle, top], async (image, images, folder) => {
      await extractImage(image, { target: `${folder}/out` });
      const shown = await withStack(images, folder, (merged) => appearanceOf(merged));
      assert.deepEqual(appearanceOf(`${folder}/out`), shown);
    }),
);

testWith(
  NEEDS,
  "names are those of the topmost image, without what is gone",
  () =>
    withLayers([full, middle, top], async (image) => {
      const paths: string[] = [];
      for await (const { pathText } of image.walk()) paths.push(pathText);
      assert.deepEqual(paths.filter((path) => path !== "lost+found").sort(), [
        ...["docs", "docs/a.txt", "docs/b.txt", "docs/linked-too", "docs/new", "docs/new/f.txt"],
        ...["docs/old", "docs/old/deep", "docs/old/deep/c.txt", "docs/old/deep/h.txt"],
        ...["gone", "gone/again.txt", "linked", "opaque", "opaque/g.txt", "shortcut"],
        ...["was-folder", "way"],
      ]);
      for (const path of ["/was-file", "/opaque/e.txt", "/gone/below", "/was-folder/x"]) {
        await assert.rejects(image.stat(path), { name: "PathError" }, path);
      }
      assert.equal(await textOf(image, "/docs/a.txt"), "ALPHA 2");
      assert.equal(await textOf(image, "/docs/b.txt"), "beta again");
      assert.equal(await textOf(image, "/docs/old/deep/c.txt"), "gamma");
      assert.equal(await textOf(image, "/shortcut"), "ALPHA 2");
      assert.equal(await textOf(image, "/way/old/../new/../a.txt"), "ALPHA 2");
    }),
);

testWith(
  NEEDS,
  "a folder has the metadata of its topmost image, and one link where it is merged",
  () =>
    withLayers([full, middle, top], async (image) => {
      const docs = await image.stat("/docs");
      assert.equal((await image.xattrs("/docs")).length, 0);
      assert.notEqual(docs.mtime.seconds, 1e9);
      assert.equal(docs.countLinks, 1);
      assert.equal((await image.stat("/docs/new")).countLinks, 2);
    }),
);

testWith(
  NEEDS,
  "marks are not shown, and what was escaped is shown as it was",
  () =>
    withLayers([full, middle, top], async (image) => {
      const names = async (path: string) =>
        (await image.xattrs(path)).map(({ name }) => new TextDecoder().decode(name)).sort();
      assert.deepEqual(await names("/docs/b.txt"), ["trusted.overlay.opaque", "user.plain"]);
      assert.deepEqual(await names("/opaque"), []);
    }),
);

testWith(
  NEEDS,
  "inodes of all images have numbers of their own, by which they are read",
  () =>
    withLayers([full, middle, top], async (image) => {
      const numbers = new Map<number, string>();
      for await (const { pathText, stat } of image.walk()) {
        const known = numbers.get(stat.inode);
        const isLink = [known, pathText].sort().join() === "docs/linked-too,linked";
        assert.ok(known === undefined || isLink, `${known} and ${pathText}`);
        numbers.set(stat.inode, pathText);
        assert.deepEqual(await image.stat(stat.inode), stat, pathText);
        assert.deepEqual(await image.stat(pathText), stat, pathText);
        if (stat.kind === "file") {
          assert.equal(await textOf(image, stat.inode), await textOf(image, pathText));
        }
      }
      assert.equal((await image.stat("/")).inode, 2);
    }),
);

testWith(
  NEEDS,
  "a merged folder is found by its number alone, by a reader that never met it",
  () =>
    withLayers([full, middle, top], async (image, images) => {
      const { inode } = await image.stat("/docs/old/deep");
      const root = await image.stat("/");
      await using other = await openImage(images[0]!);
      const names = async (number: typeof inode) => {
        const found: string[] = [];
        for await (const { nameText } of other.list(number)) found.push(nameText);
        return found.sort();
      };
      assert.deepEqual(await names(inode), ["c.txt", "h.txt"]);
      assert.equal((await names(root.inode)).includes("linked"), true);
      const folders: string[] = [];
      for await (const { path } of other.walkFolders(inode)) folders.push(`${path}`);
      assert.deepEqual(folders, [""]);
    }),
);

testWith(
  NEEDS,
  "a layer alone is shown with its marks",
  () =>
    withLayers([full, middle], async (_image, [path]) => {
      await using layer = await openImage(path!, { layer: true });
      assert.equal(layer.isLayerAlone, true);
      assert.deepEqual(layer.layers.map(({ location }) => location), [path]);
      assert.deepEqual((await layer.stat("/gone")).device, { major: 0, minor: 0 });
      const [mark] = await layer.xattrs("/opaque");
      assert.equal(new TextDecoder().decode(mark!.name), "trusted.overlay.opaque");
      await assert.rejects(layer.stat("/linked"), { code: "no-such-path" });
    }),
);

testWith(
  NEEDS,
  "the record of a stack has the digest of each file, whichever image it is in",
  () =>
    withLayers([full, middle, top], async (image) => {
      const record = await image.record();
      assert.deepEqual(await record.verdict(), { state: "sound" });
      await record.load();
      for await (const { stat, pathText } of image.walk()) {
        if (stat.kind !== "file") continue;
        const bytes = new TextEncoder().encode(await textOf(image, pathText));
        const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
        assert.deepEqual(record.digestOf(stat.inode), digest, pathText);
      }
    }),
);

testWith(NEEDS, "a hundred images are read, and mounted, as one", async () => {
  const fills = Array.from({ length: 100 }, (_, n) => (folder: string) => {
    mkdirSync(`${folder}/a/b`, { recursive: true });
    writeFileSync(`${folder}/a/b/only-${n}`, `${n}`);
    writeFileSync(`${folder}/a/always`, `${n}`);
    if (n > 0) whiteOut(`${folder}/a/b/only-${n - 1}`);
  });
  await withLayers(fills, async (image, images, folder) => {
    assert.equal(image.layers.length, 100);
    const names: string[] = [];
    for await (const { nameText } of image.list("/a/b")) names.push(nameText);
    assert.deepEqual(names, ["only-99"]);
    assert.equal(await textOf(image, "/a/always"), "99");
    assert.ok(openIn(folder).length <= 65, `${openIn(folder).length} descriptors`);
    await extractImage(image, { target: `${folder}/out` });
    mkdirSync(`${folder}/mounted`);
    await mountImage(images[0]!, `${folder}/mounted`, { by: "kernel" });
    try {
      assert.deepEqual(appearanceOf(`${folder}/out`), appearanceOf(`${folder}/mounted`));
    } finally {
      await unmountImage(`${folder}/mounted`);
    }
    assert.deepEqual(images.flatMap(loopDevicesOf), []);
  });
});

testWith(
  NEEDS,
  "a file that is damaged in an image below is found when it is read",
  () =>
    withLayers([full, middle], async (_image, images) => {
      const bytes = readFileSync(images[1]!);
      bytes[bytes.indexOf("gamma")]! ^= 1;
      writeFileSync(images[1]!, bytes);
      await using image = await openImage(images[0]!);
      await assert.rejects(textOf(image, "/docs/old/deep/c.txt"), { name: "DamagedFileError" });
      assert.equal(await textOf(image, "/docs/a.txt"), "ALPHA 2");
    }),
);

testWith(
  NEEDS,
  "marks that other programs leave in layers are refused by name, not misread",
  () => {
    const lower = (folder: string) => {
      mkdirSync(`${folder}/old`);
      writeFileSync(`${folder}/old/file`, "below");
      writeFileSync(`${folder}/whole`, "whole");
      // Nothing lies below it: these are attributes like any other.
      setAttribute(`${folder}/old`, "trusted.overlay.redirect", "/x");
    };
    const upper = (folder: string) => {
      for (const name of ["renamed", "hiding", "sound"]) mkdirSync(`${folder}/${name}`);
      setAttribute(`${folder}/renamed`, "trusted.overlay.redirect", "/old");
      setAttribute(`${folder}/hiding`, "trusted.overlay.opaque", "x");
      writeFileSync(`${folder}/whole`, "");
      setAttribute(`${folder}/whole`, "trusted.overlay.metacopy", "");
      writeFileSync(`${folder}/sound/file`, "sound");
    };
    return withLayers([lower, upper], async (image, images) => {
      const named = (feature: string) => ({ features: [`overlay-${feature}`] });
      const list = async (path: string) => {
        const names: string[] = [];
        for await (const { nameText } of image.list(path)) names.push(nameText);
        return names;
      };
      await assert.rejects(list("renamed"), named("redirect"));
      await assert.rejects(image.stat("renamed/file"), named("redirect"));
      await assert.rejects(list("hiding"), named("whiteout"));
      await assert.rejects(image.openFile("whole"), named("metacopy"));
      assert.deepEqual(await list("sound"), ["file"]);
      assert.deepEqual(await list("old"), ["file"]);
      // Whoever wants the rest has it, and is shown what is left out.
      const left: string[] = [];
      const onUnsupported = ({ features }: { features: readonly string[] }, path?: Uint8Array) =>
        void left.push(`${new TextDecoder().decode(path)} ${features.join()}`);
      await using tolerant = await openImage(images[0]!, { onUnsupported });
      for await (const _ of tolerant.walk());
      assert.deepEqual(left.sort(), ["hiding overlay-whiteout", "renamed overlay-redirect"]);
    });
  },
);
