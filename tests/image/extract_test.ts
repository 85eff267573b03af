import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { bytesSource } from "../../ext4/reader/bytes/block_source.ts";
import { extractImage, type ExtractOptions } from "../../image/extract.ts";
import { openImage } from "../../image/open_image.ts";
import { imageBytes, planOf, temporaryFolder } from "../support/images/write_image.ts";
import { withDisk } from "../support/mounts/mounted_disk.ts";
import { assertMountedEquals } from "../support/mounts/mounted_tree.ts";
import { output } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import { icecoreOutput } from "../support/programs/run_icecore.ts";
import { rangeServer } from "../support/servers/range_server.ts";
import { listFolder } from "../support/trees/folder_listing.ts";
import { fillSourceFolder } from "../support/trees/source_folder.ts";
import { buildTree, file, folder, type Node, symlink } from "../support/trees/tree_builder.ts";
import { variedTree } from "../support/trees/varied_tree.ts";

/** Extracts an image in memory; the callback gets the target folder. */
async function extracted(
  root: Node,
  use: (target: string, again: typeof run) => Promise<void> | void,
): Promise<void> {
  const place = temporaryFolder();
  try {
    await use(join(place, "target"), run);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
  async function run(options: ExtractOptions) {
    const built = buildTree(root);
    await using image = await openImage(bytesSource(imageBytes(built, planOf(built))));
    return await extractImage(image, options);
  }
}

const small = () =>
  folder({
    docs: folder({ "a.txt": file("alpha"), "b.txt": file("beta") }, { mode: 0o750 }),
    link: symlink("docs"),
    other: folder({ docs: folder({ "c.txt": file("gamma") }) }),
  });

Deno.test("a path keeps its place, and nothing else is extracted", async () => {
  await extracted(small(), async (target, run) => {
    const { countFiles, losses } = await run({ target, paths: ["/other/docs", "docs/b.txt"] });
    assert.equal(countFiles, 2);
    assert.deepEqual(losses.filter(({ isGrave }) => isGrave), []);
    const paths = readdirSync(target, { recursive: true }).map(String).sort();
    assert.deepEqual(paths, ["docs", "docs/b.txt", "other", "other/docs", "other/docs/c.txt"]);
    assert.equal(statSync(join(target, "docs")).mode & 0o777, 0o750);
  });
});

Deno.test("a path that is not there, leads through a link or has .. is refused at once", async () => {
  await extracted(small(), async (target, run) => {
    for (const path of ["docs/none", "link/a.txt", "docs/../docs"]) {
      await assert.rejects(run({ target, paths: [path] }), { name: "PathError" });
      assert.equal(existsSync(target), false);
    }
  });
});

Deno.test("names that are there are refused before anything is written", async () => {
  await extracted(small(), async (target, run) => {
    mkdirSync(join(target, "other/docs"), { recursive: true });
    writeFileSync(join(target, "other/docs/c.txt"), "mine");
    await assert.rejects(run({ target }), {
      code: "output-exists",
      message: /other\/docs\/c\.txt exists already\. Replace what is there/,
    });
    assert.deepEqual(readdirSync(target), ["other"]);
    assert.equal(readFileSync(join(target, "other/docs/c.txt"), "utf8"), "mine");
  });
});

Deno.test("--force replaces files and links, and folders are merged", async () => {
  await extracted(small(), async (target, run) => {
    mkdirSync(join(target, "other/docs"), { recursive: true });
    writeFileSync(join(target, "other/docs/c.txt"), "mine, and longer");
    writeFileSync(join(target, "other/docs/d.txt"), "stays");
    symlinkSync("elsewhere", join(target, "link"));
    await run({ target, force: true });
    assert.equal(readFileSync(join(target, "other/docs/c.txt"), "utf8"), "gamma");
    assert.equal(readFileSync(join(target, "other/docs/d.txt"), "utf8"), "stays");
    assert.equal(readFileSync(join(target, "link/a.txt"), "utf8"), "alpha");
    const left = readdirSync(target, { recursive: true }).map(String);
    assert.deepEqual(left.filter((name) => name.includes("icecore")), []);
    await run({ target, force: true });
  });
});

Deno.test("a folder is never replaced, not by force either", async () => {
  await extracted(small(), async (target, run) => {
    mkdirSync(join(target, "link/inside"), { recursive: true });
    for (const force of [false, true]) {
      await assert.rejects(run({ target, force }), {
        code: "output-exists",
        message: /^cannot replace link in .*: a folder is there, .*Remove it, or choose another/,
      });
    }
    assert.deepEqual(readdirSync(target), ["link"]);
  });
});

Deno.test("what stands for a folder in the target and is a link is not followed", async () => {
  await extracted(small(), async (target, run) => {
    const outside = `${target}-outside`;
    mkdirSync(outside);
    mkdirSync(target);
    symlinkSync(outside, join(target, "docs"));
    await assert.rejects(run({ target }), { code: "output-exists" });
    await run({ target, force: true });
    assert.deepEqual(readdirSync(outside), []);
    assert.equal(readFileSync(join(target, "docs/a.txt"), "utf8"), "alpha");
  });
});

Deno.test("a file that cannot be completed is removed, what was complete stays", async () => {
  const root = folder({
    a: file("first"),
    b: file({ sizeBytes: 200 << 20, zeros: true }),
    c: file("last"),
  });
  await extracted(root, async (target, run) => {
    const interruption = new AbortController();
    const onProgress = (done: number, _: number | undefined, unit: string) => {
      if (unit === "bytes" && done > 5 << 20) interruption.abort(new Error("enough"));
    };
    await assert.rejects(run({ target, signal: interruption.signal, onProgress }), /enough/);
    assert.deepEqual(readdirSync(target), ["a"]);
  });
});

Deno.test("an image on a server is extracted in few requests", async () => {
  const names = Array.from({ length: 300 }, (_, i) => [`f${i}`, file(`${i}`.repeat(700))] as const);
  const built = buildTree(folder(names));
  await using server = await rangeServer(imageBytes(built, planOf(built)));
  const place = temporaryFolder();
  try {
    await using image = await openImage(server.url);
    await extractImage(image, { target: place });
    for (const i of names.keys()) {
      assert.equal(readFileSync(join(place, `f${i}`), "utf8"), `${i}`.repeat(700));
    }
    assert.ok(server.requests.length <= 10, `${server.requests.length} requests`);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
});

testWith({ root: true, programs: ["find", "stat"] }, "all kinds of nodes come back", async () => {
  const root = variedTree();
  await extracted(root, async (target, run) => {
    const { losses } = await run({ target });
    assert.deepEqual(losses, []);
    assertMountedEquals(target, buildTree(root));
  });
});

const everything = { root: true, programs: ["mknod", "setfattr", "getfattr", "setfacl", "setcap"] };

/** A folder with one of everything, and its image. */
async function withSource(use: (source: string, image: string) => Promise<void>): Promise<void> {
  const place = temporaryFolder();
  try {
    const source = join(place, "source");
    mkdirSync(source);
    fillSourceFolder(source);
    output("setcap", ["cap_net_raw+ep", join(source, "of-60")]);
    output("chown", ["4000000000:4000000001", join(source, "few/a")]);
    const image = join(place, "source.img");
    await icecoreOutput(["build", `${source}/.`, "-o", image, "--quiet"]);
    await use(source, image);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

testWith(
  everything,
  "find, stat, getfattr and sha256sum see what they saw in the source",
  () =>
    withSource(async (source, image) => {
      const target = `${source}-extracted`;
      await icecoreOutput(["extract", image, "-o", target, "--quiet"]);
      assert.deepEqual(listFolder(target), listFolder(source));
    }),
);

const unprivileged = { ...everything, programs: [...everything.programs, "setpriv", "chmod"] };

testWith(
  unprivileged,
  "one who is not root gets everything but what only root may set",
  () =>
    withSource(async (source, image) => {
      const place = `${source}-nobody`;
      mkdirSync(place);
      output("chmod", ["755", join(source, "..")]);
      output("chown", ["65534:65534", place]);
      // Root made it of files that are root's alone.
      output("chmod", ["644", image]);
      const main = new URL("../../main.ts", import.meta.url).pathname;
      const { code, stdout, stderr } = await new Deno.Command("setpriv", {
        args: [
          ...["--reuid=65534", "--regid=65534", "--clear-groups"],
          ...[Deno.execPath(), "run", "--allow-all", main],
          ...["extract", image, "-o", join(place, "out"), "--json"],
        ],
      }).output();
      const text = new TextDecoder().decode(stdout);
      assert.equal(code, 3, text + new TextDecoder().decode(stderr));
      const losses = text.split("\n").filter((line) => line.includes('"loss"'))
        .map((line) => JSON.parse(line) as { kind: string; firstPath: string; count: number });
      const kinds = [...new Set(losses.map(({ kind }) => kind))].sort();
      assert.deepEqual(kinds, ["attribute", "node", "owner", "setuid"]);
      assert.equal(losses.find(({ kind }) => kind === "node")?.count, 2);
      assert.equal(losses.find(({ kind }) => kind === "setuid")?.firstPath, "of-1024");
      const mode = statSync(join(place, "out/of-1024")).mode & 0o7777;
      assert.equal(mode, 0o751);
      const withoutThose = (lines: string[]) =>
        lines.slice(0, -1).filter((line) =>
          !/^(of-1024|null|big-device) |^\.\/(null|big)/.test(line)
        )
          .filter((line) => !/^user|^security|^trusted|^system|^#/.test(line));
      const shown = (at: string) =>
        withoutThose(listFolder(at, { withoutOwners: true, withoutTop: true }))
          .filter((line) => !line.includes("=0x") && !line.includes("# file"));
      assert.deepEqual(shown(join(place, "out")), shown(source));
    }),
);

testWith(
  { root: true, programs: ["mount", "umount"] },
  "a disk that is too small is refused before, and with --force when it is full",
  async () => {
    const root = folder({
      a: file("first"),
      b: file({ sizeBytes: 3 << 20, ranges: [0, 3 << 20] }),
    });
    await extracted(root, async (target, run) => {
      await withDisk(target, "size=1m", async () => {
        await assert.rejects(run({ target }), { code: "disk-full" });
        assert.deepEqual(readdirSync(target), []);
        await assert.rejects(run({ target, force: true }), {
          code: "disk-full",
          message: /cannot extract b into .*: no space left on device\. Make room/,
        });
        assert.deepEqual(readdirSync(target), ["a"]);
      });
    });
  },
);
