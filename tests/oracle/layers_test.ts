import assert from "node:assert/strict";
import {
  chmodSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { openImage } from "../../image/open_image.ts";
import { fill, trial } from "../support/images/layer_trial.ts";
import { assertStackShows, buildImage, STACK } from "../support/mounts/mounted_stack.ts";
import { testWith } from "../support/programs/requirements.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

testWith(STACK, "a layer of what did not change holds nothing", async () => {
  const { names } = await trial(fill, [() => {}, () => {}]);
  assert.deepEqual(names, [[], []]);
});

testWith(STACK, "a change is stored with all folders above it, and nothing else", async () => {
  const { names } = await trial(fill, [
    (source) => writeFileSync(`${source}/a/b/two`, "2"),
    (source) => chmodSync(`${source}/other`, 0o700),
  ]);
  assert.deepEqual(names, [["a", "a/b", "a/b/two"], ["other"]]);
});

testWith(STACK, "what is gone is a whiteout, and comes back when it is there again", async () => {
  const { names } = await trial(fill, [
    (source) => rmSync(`${source}/a/b`, { recursive: true }),
    (source) => {
      mkdirSync(`${source}/a/b/c`, { recursive: true });
      writeFileSync(`${source}/a/b/new`, "new");
    },
  ]);
  assert.deepEqual(names, [["-a/b", "a"], ["a", "a/b", "a/b/c", "a/b/new"]]);
});

testWith(STACK, "a folder takes a file's place, and a file a folder's, and back", async () => {
  const { names } = await trial(fill, [
    (source) => {
      rmSync(`${source}/a/b`, { recursive: true });
      writeFileSync(`${source}/a/b`, "a file now");
    },
    (source) => {
      unlinkSync(`${source}/a/b`);
      mkdirSync(`${source}/a/b`);
      writeFileSync(`${source}/a/b/five`, "five");
    },
    (source) => writeFileSync(`${source}/a/b/six`, "six"),
  ]);
  assert.deepEqual(names, [
    ["a", "a/b"],
    ["a", "a/b", "a/b/five"],
    ["a", "a/b", "a/b/six"],
  ]);
});

testWith(
  STACK,
  "a folder in a file's place is opaque, so that tools see what is meant",
  async () => {
    await inTemporaryFolder(async (folder) => {
      const source = `${folder}/source`;
      mkdirSync(source);
      writeFileSync(`${source}/x`, "");
      await buildImage(source, `${folder}/0.img`);
      rmSync(`${source}/x`);
      mkdirSync(`${source}/x`);
      await buildImage(source, `${folder}/1.img`, { base: `${folder}/0.img` });
      await using layer = await openImage(`${folder}/1.img`, { layer: true });
      const text = new TextDecoder();
      const marks = (await layer.xattrs("/x")).map(({ name, value }) =>
        `${text.decode(name)}=${text.decode(value)}`
      );
      assert.deepEqual(marks, ["trusted.overlay.opaque=y"]);
      await using stack = await openImage(`${folder}/1.img`);
      assert.deepEqual(await stack.xattrs("/x"), []);
    });
  },
);

testWith(STACK, "a link whose target is another of the same length is stored", async () => {
  const { names } = await trial(fill, [(source) => {
    const { atimeMs, mtimeMs } = statSync(`${source}/a`);
    rmSync(`${source}/a/link`);
    symlinkSync("two", `${source}/a/link`);
    lutimesSync(`${source}/a/link`, 1, 1);
    utimesSync(`${source}/a`, atimeMs / 1000, mtimeMs / 1000);
  }, (source) => {
    rmSync(`${source}/a/link`);
    symlinkSync("six", `${source}/a/link`);
    lutimesSync(`${source}/a/link`, 1, 1);
  }]);
  assert.deepEqual(names, [["a", "a/link"], ["a", "a/link"]]);
});

testWith(
  STACK,
  "a group of hard links is stored whole when a name comes, goes or changes",
  async () => {
    const { names } = await trial((source) => {
      for (const name of ["1", "2"]) mkdirSync(`${source}/${name}`);
      writeFileSync(`${source}/1/x`, "x");
      linkSync(`${source}/1/x`, `${source}/2/y`);
      writeFileSync(`${source}/other`, "other");
      linkSync(`${source}/other`, `${source}/same`);
    }, [
      (source) => linkSync(`${source}/1/x`, `${source}/z`),
      (source) => unlinkSync(`${source}/1/x`),
      (source) => writeFileSync(`${source}/2/y`, "y"),
      (source) => unlinkSync(`${source}/z`),
    ]);
    assert.deepEqual(names, [
      ["1", "1/x", "2", "2/y", "z"],
      ["-1/x", "1", "2", "2/y", "z"],
      ["2", "2/y", "z"],
      ["-z", "2", "2/y"],
    ]);
  },
);

testWith(STACK, "two groups of hard links that exchange a name are both stored", async () => {
  const { names } = await trial((source) => {
    for (const [a, b] of [["a", "b"], ["c", "d"]] as const) {
      writeFileSync(`${source}/${a}`, "same");
      utimesSync(`${source}/${a}`, 1, 1);
      linkSync(`${source}/${a}`, `${source}/${b}`);
    }
  }, [(source) => {
    renameSync(`${source}/b`, `${source}/x`);
    renameSync(`${source}/d`, `${source}/b`);
    renameSync(`${source}/x`, `${source}/d`);
  }]);
  assert.deepEqual(names, [["a", "b", "c", "d"]]);
});

testWith(STACK, "holes stay holes", async () => {
  const { names } = await trial((source) => {
    writeFileSync(`${source}/holes`, "start");
    truncateSync(`${source}/holes`, 50e6);
  }, [() => {}, (source) => {
    writeFileSync(`${source}/holes`, "other");
    truncateSync(`${source}/holes`, 50e6);
  }], { unchangedBy: "content" });
  assert.deepEqual(names, [[], ["holes"]]);
});

testWith(STACK, "a hundred layers are one tree", async () => {
  await inTemporaryFolder(async (folder) => {
    const source = `${folder}/s`;
    mkdirSync(source);
    const images: string[] = [];
    for (let i = 0; i < 100; i++) {
      mkdirSync(`${source}/d${i % 7}`, { recursive: true });
      writeFileSync(`${source}/d${i % 7}/f${i}`, `${i}`);
      if (i % 10 === 9) rmSync(`${source}/d${i % 7}`, { recursive: true });
      const [base] = images;
      const image = `${folder}/${i}`;
      await buildImage(source, image, {
        isChecked: false,
        ...(base === undefined ? {} : { base }),
      });
      images.unshift(image);
    }
    await assertStackShows(images, source, folder);
    await using stack = await openImage(images[0]!);
    assert.equal((await stack.record()).base?.depth, 99);
  });
});
