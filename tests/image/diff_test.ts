import assert from "node:assert/strict";
import {
  chmodSync,
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { bytesSource } from "../../ext4/reader/bytes/block_source.ts";
import { diffImages, diffWithFolders } from "../../image/diff.ts";
import { differenceLine } from "../../image/diff/difference.ts";
import { openImage } from "../../image/open_image.ts";
import { imageBytes, planOf, temporaryFolder } from "../support/images/write_image.ts";
import { output } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import { icecore, icecoreOutput } from "../support/programs/run_icecore.ts";
import {
  buildTree,
  device,
  file,
  folder,
  type Node,
  symlink,
} from "../support/trees/tree_builder.ts";

/** How much this process has read until now, as the kernel counts it. */
const bytesReadByUs = () =>
  Number(/^rchar: (\d+)$/m.exec(readFileSync("/proc/self/io", "utf8"))![1]);

/** Lines about two trees, each made into an image. */
async function between(first: Node, second: Node): Promise<string[]> {
  const place = temporaryFolder();
  try {
    const paths = [first, second].map((root, i) => {
      const built = buildTree(root);
      const path = join(place, `${i}.img`);
      writeFileSync(path, imageBytes(built, planOf(built)));
      return path;
    });
    const lines: string[] = [];
    await diffImages(paths[0]!, paths[1]!, {
      onDifference: (each) => lines.push(differenceLine(each)),
    });
    return lines;
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

const one = (node: Node) => folder({ x: node });

Deno.test("two images of one tree do not differ", async () => {
  const tree = () => folder({ a: file("a"), b: folder({ c: symlink("d") }) });
  assert.deepEqual(await between(tree(), tree()), []);
});

Deno.test("names on one side only are reported with all below them", async () => {
  const lines = await between(
    folder({ a: file(), gone: folder({ deep: folder({ f: file() }) }) }),
    folder({ a: file(), "new\x1b[31m": file() }),
  );
  assert.deepEqual(lines, ["- gone/", "- gone/deep/", "- gone/deep/f", "+ new\\033[31m"]);
});

const cases: readonly [what: string, first: Node, second: Node, lines: string[]][] = [
  ["contents", file("abc"), file("abd"), ["M x (content)"]],
  ["size", file("abc"), file("abcd"), ["M x (content)"]],
  [
    "contents far behind",
    file({ sizeBytes: 3_000_000, ranges: [0, 3_000_000] }),
    file({ sizeBytes: 3_000_000, ranges: [0, 2_999_424] }),
    ["M x (content)"],
  ],
  ["a hole and zeros", file(new Uint8Array(8192)), file({ sizeBytes: 8192, ranges: [] }), []],
  ["mode", file("", { mode: 0o600 }), file("", { mode: 0o4600 }), ["m x (mode)"]],
  ["owner", file("", { uid: 7 }), file("", { gid: 8 }), ["m x (uid, gid)"]],
  ["a nanosecond", file("", { mtime: [5, 1] }), file("", { mtime: [5, 2] }), ["m x (mtime)"]],
  [
    "attributes",
    file("", { xattrs: { "user.a": "1", "user.b": "2" } }),
    file("", { xattrs: { "user.b": "3", "user.c": "4" } }),
    ["m x (attribute user.a, attribute user.b, attribute user.c)"],
  ],
  ["a link's target", symlink("here"), symlink("there"), ["M x (content)"]],
  ["a device", device("block", 1, 2), device("block", 1, 3), ["M x (content)"]],
  ["its kind", device("block", 1, 2), device("character", 1, 2), ["m x (mode)"]],
  [
    "type",
    file("f"),
    folder({ y: file() }),
    ["T x (file became folder)", "+ x/y"],
  ],
];
for (const [what, first, second, lines] of cases) {
  Deno.test(`diff reports ${what}`, async () => {
    assert.deepEqual(await between(one(first), one(second)), lines);
  });
}

Deno.test("diff reports which names are one file", async () => {
  const twice = file("same");
  const lines = await between(
    folder({ a: twice, b: twice, c: twice }),
    folder({ a: file("same"), b: file("same"), c: file("same") }),
  );
  assert.deepEqual(lines, ["m b (links)", "m c (links)"]);
});

/** A folder `photos` and its image, made in either way. */
async function withPhotos(
  use: (folder: string, named: string, contents: string) => Promise<void>,
): Promise<void> {
  const place = temporaryFolder();
  try {
    const photos = join(place, "photos");
    mkdirSync(join(photos, "2014"), { recursive: true });
    writeFileSync(join(photos, "2014/a.jpg"), "a");
    writeFileSync(join(photos, "b.jpg"), "b");
    linkSync(join(photos, "b.jpg"), join(photos, "c.jpg"));
    symlinkSync("b.jpg", join(photos, "link"));
    utimesSync(join(photos, "b.jpg"), -20_000_000_000, -20_000_000_000);
    const [named, contents] = [join(place, "named.img"), join(place, "contents.img")];
    await icecoreOutput(["build", photos, "-o", named, "--quiet"]);
    await icecoreOutput(["build", `${photos}/.`, "-o", contents, "--quiet"]);
    await use(photos, named, contents);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

Deno.test("a folder is found where build put it, and what changed in it is reported", () =>
  withPhotos(async (photos, named, contents) => {
    const lines: string[] = [];
    const onDifference = (each: Parameters<typeof differenceLine>[0]) =>
      lines.push(differenceLine(each));
    for (
      const [a, b] of [[named, photos], [photos, named], [contents, photos], [
        contents,
        `${photos}/.`,
      ]]
    ) {
      await diffImages(a!, b!, { onDifference });
      assert.deepEqual(lines, [], `${a} and ${b}`);
    }
    truncateSync(join(photos, "2014/a.jpg"), 5);
    chmodSync(join(photos, "b.jpg"), 0o600);
    writeFileSync(join(photos, "link.tmp"), "");
    await diffImages(named, photos, { onDifference, exclude: ["*.tmp"] });
    assert.deepEqual(lines, [
      "m photos (mtime)",
      "m photos/b.jpg (mode)",
      "M photos/2014/a.jpg (content, mtime)",
    ]);
  }));

Deno.test("a folder within a folder of its own name is not taken for it", async () => {
  await withPhotos(async (photos, _, contents) => {
    mkdirSync(join(photos, "photos"));
    rmSync(contents);
    await icecoreOutput(["build", `${photos}/.`, "-o", contents, "--quiet", "--force"]);
    const { countDifferences } = await diffImages(contents, photos);
    assert.equal(countDifferences, 0);
  });
});

Deno.test("an empty lost+found at the root is not a difference, whichever side has one", () =>
  withPhotos(async (photos, _, contents) => {
    const folder = `${photos}/.`;
    mkdirSync(join(photos, "lost+found"));
    await icecoreOutput(["build", folder, "-o", contents, "--quiet", "--force"]);
    assert.equal((await diffImages(contents, folder)).countDifferences, 0);
    assert.equal((await diffImages(folder, contents)).countDifferences, 0);
    writeFileSync(join(photos, "lost+found/#12"), "");
    const lines: string[] = [];
    await diffImages(contents, folder, {
      onDifference: (each) => lines.push(differenceLine(each)),
    });
    assert.deepEqual(lines, ["+ lost+found/", "+ lost+found/#12"]);
  }));

Deno.test("diff on the command line prints lines or JSON, and shows it by its exit code", () =>
  withPhotos(async (photos, named) => {
    assert.equal((await icecore(["diff", named, photos])).code, 0);
    truncateSync(join(photos, "2014/a.jpg"), 0);
    const human = await icecore(["diff", named, photos]);
    assert.deepEqual([human.code, human.stdout, human.stderr], [
      4,
      "M photos/2014/a.jpg (content, mtime)\n",
      "",
    ]);
    const json = await icecore(["diff", named, photos, "--json"]);
    assert.equal(json.code, 4);
    assert.deepEqual(json.stdout.trim().split("\n").map((line) => JSON.parse(line)), [
      { type: "difference", kind: "content", path: "photos/2014/a.jpg", fields: ["mtime"] },
      { type: "compared", countDifferences: 1, countProblems: 0 },
    ]);
    writeFileSync(join(photos, "new"), "");
    const added = await icecore(["diff", named, photos, "--json"]);
    assert.deepEqual(
      added.stdout.split("\n").filter((line) => line.includes("added")).map((line) =>
        JSON.parse(line)
      ),
      [{ type: "difference", kind: "added", path: "photos/new", nodeType: "file" }],
    );
    assert.equal((await icecore(["diff", named, join(photos, "none")])).code, 1);
  }));

Deno.test("holes are not read, and what is between them is", () =>
  withPhotos(async (photos, named) => {
    const sparse = join(photos, "disk.raw");
    const at = (position: number, text: string) => {
      const file = openSync(sparse, "r+");
      writeSync(file, text, position);
      closeSync(file);
    };
    writeFileSync(sparse, "head");
    truncateSync(sparse, 2 ** 42);
    at(2 ** 41 + 5, "middle");
    utimesSync(sparse, 1, 1);
    await icecoreOutput(["build", photos, "-o", named, "--quiet", "--force"]);
    const lines: string[] = [];
    const before = bytesReadByUs();
    const compare = () =>
      diffImages(named, photos, { onDifference: (each) => lines.push(differenceLine(each)) });
    await compare();
    assert.deepEqual(lines, []);
    for (
      const [position, was, is] of [[2 ** 41 + 5, "m", "M"], [2 ** 42 - 1, "\0", "x"]] as const
    ) {
      at(position, is);
      utimesSync(sparse, 1, 1);
      await compare();
      assert.deepEqual(lines.splice(0), ["M photos/disk.raw (content)"]);
      at(position, was);
    }
    assert.ok(bytesReadByUs() - before < 1e9, "holes of 4 TiB were read");
  }));

testWith(
  { programs: ["mount", "umount"], root: true },
  "what --one-file-system left out is not a difference",
  () =>
    withPhotos(async (photos, named) => {
      output("mount", ["-t", "tmpfs", "none", join(photos, "2014")]);
      try {
        writeFileSync(join(photos, "2014/elsewhere"), "");
        const build = ["build", photos, "-o", named, "--quiet", "--force"];
        await icecoreOutput([...build, "--one-file-system"]);
        for (const command of [["verify", named, "--source", photos], ["diff", named, photos]]) {
          assert.equal((await icecore([...command, "--one-file-system"])).code, 0, command[0]);
          const { code, stdout } = await icecore(command);
          assert.deepEqual([code, stdout], [4, "+ photos/2014/elsewhere\n"], command[0]);
        }
      } finally {
        output("umount", [join(photos, "2014")]);
      }
    }),
);

testWith(
  { programs: ["python3"] },
  "what an image cannot hold is not a difference",
  () =>
    withPhotos(async (photos, _, contents) => {
      output("python3", ["-c", SOCKET, join(photos, "socket")]);
      await using image = await openImage(bytesSource(await Deno.readFile(contents)));
      const { countDifferences } = await diffWithFolders(image, [`${photos}/.`], {
        onDifference: (each) => assert.match(differenceLine(each), /^m \. \(mtime\)$/),
      });
      assert.equal(countDifferences, 1);
    }),
);

const SOCKET = "import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])";
