import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { openImage } from "../../image/open_image.ts";
import { readContents } from "../../report/contents/contents.ts";
import { imageReport, type ReportOptions } from "../../report/report_page.ts";
import { MKFS, withMkfsImage } from "../support/images/mkfs_images.ts";
import { HOSTILE_NAMES } from "../support/images/small_image.ts";
import { planOf, withImage } from "../support/images/write_image.ts";
import { buildImage } from "../support/mounts/mounted_stack.ts";
import { testWith } from "../support/programs/requirements.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";
import { buildTree, type Built, file, folder, symlink } from "../support/trees/tree_builder.ts";
import { variedTree } from "../support/trees/varied_tree.ts";
import { demoTree } from "./demo_tree.ts";

function pageOf(
  built: Built,
  options: ReportOptions = {},
  plan = planOf(built),
): Promise<string> {
  return withImage(built, plan, async (path) => {
    await using image = await openImage(path);
    return await imageReport(image, options);
  });
}

/** The text of a page's part, without its tags. */
function partOf(page: string, id: string): string {
  const part = new RegExp(`<section id="${id}".*?</section>`, "s").exec(page)?.[0] ?? "";
  return part.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
}

Deno.test("the page says how many files there are, how large, and when they were changed", async () => {
  const page = await pageOf(buildTree(folder({
    "a.jpg": file(new Uint8Array(300_000), { mtime: [1_000_000_000, 0] }),
    deep: folder({ "b.mp4": file(new Uint8Array(700_000), { mtime: [1_700_000_000, 0] }) }),
    link: symlink("a.jpg"),
  })));
  const text = page.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
  assert.match(text, /An? (read-only )?ext4 image of 2 files, dated 2023-11-14 22:13 UTC/);
  assert.match(text, /Files 2 977 KiB of contents/);
  assert.match(text, /Newest change 2023-11-14 oldest 2001-09-09/);
  assert.match(partOf(page, "kinds"), /Video mp4 684 KiB 1 684 KiB 70\.0 %/);
  assert.match(partOf(page, "kinds"), /Pictures jpg 293 KiB 1 293 KiB 30\.0 %/);
  assert.match(partOf(page, "ages"), /2001 1 293 KiB 2002 0 0 B/);
  assert.match(
    partOf(page, "largest"),
    /deep\/b\.mp4 2023-11-14 684 KiB a\.jpg 2001-09-09 293 KiB/,
  );
});

Deno.test("equal files are found by the record, and hard links are none", async () => {
  const linked = file(new Uint8Array(50_000).fill(7));
  const page = await pageOf(buildTree(folder({
    one: file(new Uint8Array(100_000).fill(1)),
    two: file(new Uint8Array(100_000).fill(1)),
    three: file(new Uint8Array(100_000).fill(1)),
    other: file(new Uint8Array(100_000).fill(2)),
    linked,
    "linked again": linked,
  })));
  const part = partOf(page, "equal");
  assert.match(part, /2 files have the same contents as another one\./);
  assert.match(part, /they would save 196 KiB/);
  assert.match(part, /one three two 3 97\.7 KiB 196 KiB/);
  assert.doesNotMatch(part, /linked/);
});

Deno.test("without a record the page says that equal files are not known", async () => {
  const built = buildTree(folder({ a: file("1"), b: file("1") }));
  const page = await pageOf(built, {}, planOf(built, { hasRecord: false }));
  assert.match(partOf(page, "equal"), /holds no digests/);
  assert.match(partOf(page, "digests"), /none: damage to a file cannot be seen/);
});

Deno.test("the map adds up to the whole image", async () => {
  const built = buildTree(variedTree(200_000_000));
  const plan = planOf(built);
  await withImage(built, plan, async (path) => {
    await using image = await openImage(path);
    const { map, countFiles, holesBytes } = await readContents(image);
    const sum = [...map!.totals.values()].reduce((sum, bytes) => sum + bytes, 0);
    assert.equal(sum, plan.sizeBytes);
    assert.equal(map!.totals.get("free"), undefined);
    assert.ok(map!.totals.get("record")! >= 32 * countFiles);
    assert.ok(map!.totals.get("superblock-copy")! > 0 && map!.copiesAt.length > 0);
    assert.ok(holesBytes > 400_000);
    assert.deepEqual([map!.runs[0]!.start, map!.runs.at(-1)!.end], [0, 1]);
    map!.runs.slice(1).forEach((run, i) => assert.equal(run.start, map!.runs[i]!.end));
  });
});

for (
  const options of [["-t", "ext4"], ["-t", "ext2", "-b", "1024"], [
    "-t",
    "ext4",
    "-O",
    "inline_data",
  ]]
) {
  testWith(
    MKFS,
    `a page about an image of mkfs ${options.join(" ")}`,
    () =>
      withMkfsImage(options, async (path) => {
        await using image = await openImage(path);
        const { map } = await readContents(image);
        const { countBlocks, countFreeBlocks, blockSizeBytes } = image.info;
        assert.equal(map!.totals.get("free"), countFreeBlocks * blockSizeBytes);
        const sum = [...map!.totals.values()].reduce((sum, bytes) => sum + bytes, 0);
        // Block 0 with blocks of 1 KiB belongs to no group.
        assert.ok(Math.abs(sum - countBlocks * blockSizeBytes) <= blockSizeBytes, `${sum}`);
        assert.equal(map!.totals.has("journal"), options.join(" ") !== "-t ext2 -b 1024");
        const page = await imageReport(image, {});
        assert.match(page, /holds no digests/);
        assert.match(partOf(page, "map"), /free nothing/);
      }),
  );
}

Deno.test("names are text, whatever is in them", async () => {
  const names = [
    ...HOSTILE_NAMES,
    "<script>alert(1)<script>",
    `"><img src=x onerror=alert(1)>`,
    "'&lt;&amp;",
    "<title><b>",
    "]]>",
    "\u200f\u05d0\u05d1\u05d2.jpg",
  ];
  const bytes = Uint8Array.of(0x63, 0x61, 0x66, 0xe9);
  const entries = [...names, bytes].map((name, i) =>
    [name, folder([[name, file(new Uint8Array(20_000 + i).fill(i))]])] as const
  );
  const page = await pageOf(buildTree(folder(entries)), {
    digests: [{ algorithm: "sha512", digest: "<i>", origin: `"'<` }],
    leftOut: () => ["<script>"],
  });
  // deno-lint-ignore no-control-regex -- finding control characters is the point
  assert.doesNotMatch(page, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200f\u202a-\u202e]/);
  assert.doesNotMatch(page, /<(script|img|b|i)[\s>]/i);
  assert.ok(page.includes("&lt;script&gt;alert(1)&lt;script&gt;"));
  assert.ok(page.includes("caf\\351"), "bytes that are not UTF-8 are escaped");
  assert.ok(page.includes("turned\\342\\200\\256exe.gpj"));
});

Deno.test("the page asks for nothing, and runs nothing", async () => {
  const page = await pageOf(buildTree(demoTree()));
  assert.doesNotMatch(page, /<(script|link|img|iframe|object|embed|base|form|a href="[^#])/i);
  assert.doesNotMatch(page, /\s(style|on\w+|src)=/i);
  assert.doesNotMatch(page, /url\(|@import/);
  assert.match(page, /default-src 'none'; style-src 'sha256-[\w+/=]+'/);
});

Deno.test("the same image makes the same page", async () => {
  const built = buildTree(demoTree());
  assert.equal(await pageOf(built), await pageOf(built));
});

Deno.test("an image without a file has a page as well", async () => {
  const page = await pageOf(buildTree(folder()));
  assert.match(page, /image of 0 files/);
  assert.doesNotMatch(page, /NaN|Infinity|undefined/);
});

Deno.test("no number on a page is none", async () => {
  for (const root of [demoTree(), variedTree(), folder({ empty: file(), tiny: file("x") })]) {
    assert.doesNotMatch(await pageOf(buildTree(root)), /NaN|Infinity|undefined|\[object/);
  }
});

Deno.test("files of 1901 to 2446 are placed in their years", async () => {
  const page = await pageOf(buildTree(folder({
    old: file("1", { mtime: [-2_147_483_648, 0] }),
    now: file("2", { mtime: [1_700_000_000, 0] }),
    late: file("3", { mtime: [15_032_385_535, 0] }),
  })));
  assert.match(partOf(page, "ages"), /1901 1 .*2023 1 .*2446 1 /);
});

Deno.test("a page of 20,000 files is no larger than one of 2,000 by much", async () => {
  const many = (count: number) =>
    buildTree(
      folder(Array.from({ length: count / 100 }, (_, i) =>
        [
          `folder ${i}`,
          folder(
            Array.from({ length: 100 }, (_, k) => [`file ${k}.txt`, file(`${i} ${k}`)] as const),
          ),
        ] as const)),
    );
  const [few, all] = [await pageOf(many(2000)), await pageOf(many(20_000))];
  assert.ok(all.length < 600_000, `${few.length} and ${all.length}`);
});

Deno.test("a stack is reported as one tree, with its images", () =>
  inTemporaryFolder(async (place) => {
    const source = `${place}/source`;
    mkdirSync(source);
    writeFileSync(`${source}/old.jpg`, "old");
    writeFileSync(`${source}/gone.jpg`, "gone");
    await buildImage(source, `${place}/full <1>.img`, { isChecked: false });
    rmSync(`${source}/gone.jpg`);
    writeFileSync(`${source}/new.mp4`, "new");
    const base = `${place}/full <1>.img`;
    await buildImage(source, `${place}/top.img`, { base, isChecked: false });
    await using image = await openImage(`${place}/top.img`);
    const page = await imageReport(image, {});
    assert.match(
      partOf(page, "layers"),
      /is in 2 images.*top\.img : .*full &lt;1&gt;\.img : /,
    );
    const largest = partOf(page, "largest");
    assert.match(largest, /old\.jpg/);
    assert.match(largest, /new\.mp4/);
    assert.doesNotMatch(largest, /gone\.jpg/);
    await using alone = await openImage(base);
    assert.equal(partOf(await imageReport(alone, {}), "layers"), "");
  }));
