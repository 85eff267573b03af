import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { buildSmallImage } from "../support/images/small_image.ts";
import { icecore, icecoreOutput } from "../support/programs/run_icecore.ts";
import { rangeServer } from "../support/servers/range_server.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

/** The text of a page without its tags. */
function textOf(path: string): string {
  return readFileSync(path, "utf8").replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
}

Deno.test("icecore report writes a page about an image", async (context) => {
  await inTemporaryFolder(async (folder) => {
    const image = await buildSmallImage(folder);
    const page = join(folder, "page.html");

    await context.step("-o names it, and stdout has its name", async () => {
      assert.equal(await icecoreOutput(["report", image, "-o", page]), `${page}\n`);
      const text = textOf(page);
      assert.match(text, /icecore report small\.img A read-only ext4 image of 13 files/);
      const [digest] = readFileSync(`${image}.sha512`, "utf8").split(" ");
      assert.ok(text.includes(`${digest} as small.img.sha512 has it; icecore verify compares`));
      assert.match(text, /Label small Format ext4, read-only/);
    });

    await context.step("a page that is there is kept, without --force", async () => {
      writeFileSync(page, "mine");
      const { code, stderr } = await icecore(["report", image, "-o", page]);
      assert.equal(code, 1);
      assert.match(stderr, /it exists already\. .*\(--force, -o\)\.\n$/);
      assert.equal(readFileSync(page, "utf8"), "mine");
      await icecoreOutput(["report", image, "-o", page, "--force"]);
      assert.match(readFileSync(page, "utf8"), /^<!DOCTYPE html>/);
    });

    await context.step("without -o it is called like the image, here; or in a folder", async () => {
      const here = join(folder, "here");
      mkdirSync(here);
      assert.equal(await icecoreOutput(["report", "../small.img"], here), "small.img.html\n");
      mkdirSync(join(folder, "pages"));
      assert.equal(
        await icecoreOutput(["report", image, "-o", "../pages/"], here),
        "../pages/small.img.html\n",
      );
      assert.equal(
        (await icecore(["report", image, "-o", "../gone/"], { cwd: here })).code,
        1,
        "a folder that is not there is not made",
      );
    });

    await context.step("-o - prints it, --json reports it", async () => {
      const printed = await icecoreOutput(["report", image, "-o", "-"]);
      assert.equal(printed, readFileSync(page, "utf8"));
      const json = JSON.parse(
        await icecoreOutput(["report", image, "-o", page, "--force", "--json"]),
      );
      assert.deepEqual(json, { type: "report", path: page, sizeBytes: statSync(page).size });
      assert.equal((await icecore(["report", image, "-o", "-", "--json"])).code, 2);
    });

    await context.step("whoever may not read the image may not read the page", async () => {
      chmodSync(image, 0o600);
      await icecoreOutput(["report", image, "-o", page, "--force"]);
      assert.equal(statSync(page).mode & 0o077, 0);
    });

    await context.step("nothing is left of a page that fails", async () => {
      writeFileSync(join(folder, "no.img"), "no image");
      const { code } = await icecore([
        "report",
        join(folder, "no.img"),
        "-o",
        join(folder, "no.html"),
      ]);
      assert.equal(code, 1);
      assert.deepEqual(readdirSync(folder).filter((name) => name.startsWith("no.html")), []);
    });

    await context.step(
      "a damaged image has a page with --salvage, which names what is missing",
      async () => {
        const half = join(folder, "half.img");
        writeFileSync(half, readFileSync(image));
        truncateSync(half, statSync(half).size - 20_000);
        assert.equal((await icecore(["report", half, "-o", join(folder, "half.html")])).code, 1);
        const { code } = await icecore([
          "report",
          half,
          "-o",
          join(folder, "half.html"),
          "--salvage",
        ]);
        assert.equal(code, 3);
        assert.match(textOf(join(folder, "half.html")), /Left out of this report .* cut short/);
      },
    );
  });
});

Deno.test("an image on a server has the same page, without a word on how to get there", async () => {
  await inTemporaryFolder(async (folder) => {
    const image = await buildSmallImage(folder);
    await using server = await rangeServer(new Uint8Array(readFileSync(image)));
    const url = `${server.url.replace("http://", "http://bob:secret@")}/small.img?signature=0f1e`;
    const page = await icecoreOutput(["report", url, "-o", "-"]);
    const local = await icecoreOutput(["report", image, "-o", "-"]);
    const bodyOf = (page: string) =>
      page.replace(/<section id="digests".*?<\/section>/s, "").replace(
        /<(title|h1)>.*?<\/\1>/gs,
        "",
      );
    assert.equal(bodyOf(page), bodyOf(local));
    assert.match(page, /<h1><bdi>small\.img<\/bdi><\/h1>/);
    assert.doesNotMatch(page, /secret|0f1e/);
    assert.ok(server.requests.length <= 6, `${server.requests.length} requests`);
    // Beside the name of an image on a server nothing of its address is kept.
    await icecoreOutput(["report", url], folder);
    assert.ok(existsSync(join(folder, "small.img.html")));
  });
});

Deno.test("build --report adds how the image was built", async (context) => {
  await inTemporaryFolder(async (folder) => {
    const source = join(folder, "photos");
    mkdirSync(source);
    writeFileSync(join(source, "a.jpg"), "a".repeat(100_000));
    writeFileSync(join(source, "b.jpg"), "a".repeat(100_000));
    const page = join(folder, "page.html");
    const image = join(folder, "photos.img");
    const build = (...args: string[]) =>
      icecore(["build", source, "-q", "-o", image, "--report", page, ...args]);

    await context.step("with steps, digest and contents", async () => {
      const { code, stdout, stderr } = await build("--exclude", "*.none");
      assert.deepEqual([code, stderr], [0, "icecore: --exclude *.none matched nothing\n"]);
      const text = textOf(page);
      assert.match(text, /How it was built Started \d{4}-\d\d-\d\d \d\d:\d\d UTC, and took/);
      assert.match(text, /Steps, in order .* scan .* pack .* fsck .* hash /);
      assert.match(text, /Skipped or changed Nothing\. The image holds the whole source/);
      assert.match(text, /1 file has the same contents as another one\./);
      assert.match(text, /matched nothing: \*\.none/);
      assert.ok(text.includes(stdout.split(" ")[0]!), "the digest that stdout has");
    });

    await context.step("what is there already is refused before anything is built", async () => {
      const { code, stderr } = await icecore([
        ...["build", source, "-q", "-o", join(folder, "second.img"), "--report", page],
      ]);
      assert.equal(code, 1);
      assert.match(stderr, /cannot write .*page\.html: it exists already/);
      assert.equal(existsSync(join(folder, "second.img")), false);
    });

    await context.step("the image's own place is refused", async () => {
      const { code, stderr } = await icecore([
        ...[
          "build",
          source,
          "-o",
          join(folder, "third.img"),
          "--report",
          join(folder, "third.img"),
        ],
      ]);
      assert.equal(code, 2);
      assert.match(stderr, /that place is taken by the result of the build/);
    });

    await context.step("what --dedupe would save, and has saved", async () => {
      const advised = await icecoreOutput(["report", image, "-o", "-"]);
      assert.match(
        advised,
        /they would save <strong>98\.0 KiB<\/strong>, .* take, as icecore build --dedupe does\./,
      );
      const { code } = await build("--force", "--dedupe");
      assert.equal(code, 0);
      assert.match(textOf(page), /98\.0 KiB are saved already: equal files share their blocks\./);
      assert.doesNotMatch(textOf(page), /would save/);
    });

    await context.step("a streamed image has steps and problems", async () => {
      writeFileSync(join(source, "c"), "c");
      const { code } = await icecore([
        ...["build", source, "-q", "-o", "-", "--report", page, "--force"],
      ]);
      assert.equal(code, 0);
      assert.match(textOf(page), /photos\.img An image that was built of 3 files .* pack /);
    });
  });
});

Deno.test("icecore info draws a bar of what the image is there for", async () => {
  await inTemporaryFolder(async (folder) => {
    const image = await buildSmallImage(folder);
    const printed = await icecoreOutput(["info", image]);
    const [, bar, legend] = /^holds +\[(m+#+r+)\] {2}(.*)$/m.exec(printed)!;
    assert.equal(bar!.length, 32);
    assert.match(legend!, /^m metadata .*, # contents .*, r record .*$/);
    const { uses, sizeBytes } = JSON.parse(await icecoreOutput(["info", image, "--json"]));
    const { metadataBytes, contentsBytes, recordBytes, freeBytes } = uses;
    assert.equal(metadataBytes + contentsBytes + recordBytes + freeBytes, sizeBytes);
    assert.equal(freeBytes, 0);
    assert.ok(contentsBytes > 700_000);
  });
});
