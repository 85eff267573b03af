import assert from "node:assert/strict";
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { buildSmallImage, HOSTILE_NAMES, LARGE } from "../support/images/small_image.ts";
import { icecore, icecoreOutput } from "../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

/** What a terminal could take for a command; line feeds are ours. */
// deno-lint-ignore no-control-regex -- finding control characters is the point
const COMMANDS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;

Deno.test("an image is read on the command line", async (context) => {
  await inTemporaryFolder(async (folder) => {
    const image = await buildSmallImage(folder);
    const listed = (...args: string[]) => icecoreOutput(["ls", image, ...args]);
    const printed = (...args: string[]) => icecoreOutput(["cat", image, ...args]);
    const found = async (...args: string[]) =>
      (await icecoreOutput(["find", image, ...args])).split("\n").slice(0, -1);

    await context.step("ls lists by bytes, hidden names too", async () => {
      assert.equal(
        await listed(),
        ".hidden\ndangling\ndocs\nhostile\nlatest\nlost+found\nreadme.txt\n",
      );
      assert.equal(await listed("-a"), await listed());
    });

    await context.step("ls -l shows what ls -ln shows", async () => {
      const lines = (await listed("-l", "/readme.txt", "latest")).split("\n");
      const { uid, gid } = { uid: process.getuid!(), gid: process.getgid!() };
      assert.equal(lines[0], `-rw-r--r-- 2 ${uid} ${gid} 29 2024-05-01 12:30 /readme.txt`);
      assert.match(lines[1]!, /^lrwxrwxrwx 1 \d+ \d+ +8 .* latest -> docs\/old$/);
    });

    await context.step(
      "ls follows a link to a folder, and -d lists folders themselves",
      async () => {
        assert.equal(await listed("latest"), "notes.txt\n");
        assert.equal(
          await listed("-l", "latest/").then((text) => text.split(" ").at(-1)),
          "notes.txt\n",
        );
        assert.equal(await listed("-d", "docs", "latest"), "docs\nlatest\n");
        assert.equal(await listed("latest/notes.txt"), "latest/notes.txt\n");
      },
    );

    await context.step(
      "ls of several paths puts files first, then folders with headings",
      async () => {
        assert.equal(
          await listed("docs/old", "readme.txt", "docs"),
          "readme.txt\n\ndocs/old:\nnotes.txt\n\ndocs:\nlarge.bin\nold\nsame.txt\n",
        );
      },
    );

    await context.step("ls -h rounds sizes up as ls does", async () => {
      assert.match(await listed("-lh", "docs"), / 684K .* large\.bin$/m);
      assert.match(await listed("-lh", "docs/old/notes.txt"), / 2\.0M /);
    });

    await context.step("ls --json gives one object a line", async () => {
      const lines = (await listed("--json", "docs")).trimEnd().split("\n");
      const [large] = lines.map((line) => JSON.parse(line));
      assert.deepEqual({ ...large, inode: 0, ctime: "", atime: "", crtime: "", uid: 0, gid: 0 }, {
        type: "entry",
        path: "/docs/large.bin",
        kind: "file",
        mode: "0644",
        uid: 0,
        gid: 0,
        sizeBytes: 700_000,
        allocatedBytes: large.allocatedBytes,
        links: 1,
        inode: 0,
        mtime: "2024-05-01T10:30:00.000000000Z",
        atime: "",
        ctime: "",
        crtime: "",
      });
      assert.equal(lines.length, 3);
    });

    await context.step("cat prints files one after the other, and follows links", async () => {
      const text = "An ice core is drilled once.\n";
      assert.equal(await printed("readme.txt", "/docs/same.txt"), text + text);
      const { bytes } = await icecore(["cat", image, "docs/large.bin"]);
      assert.deepEqual(bytes, LARGE);
      assert.match(await printed("latest/notes.txt", "--length", "9"), /^long ago\n$/);
    });

    await context.step("cat prints ranges", async () => {
      assert.equal(await printed("readme.txt", "--offset", "3", "--length", "8"), "ice core");
      assert.equal(await printed("readme.txt", "--length", "0"), "");
      assert.equal(await printed("readme.txt", "--offset", "1M"), "");
      const { bytes } = await icecore(["cat", image, "docs/large.bin", "--offset", "500K"]);
      assert.deepEqual(bytes, LARGE.subarray(500 * 1024));
    });

    await context.step("find takes names, paths, types, sizes and times", async () => {
      assert.deepEqual(await found("--name", "*.txt"), [
        "/readme.txt",
        "/docs/same.txt",
        "/docs/old/notes.txt",
      ]);
      assert.deepEqual(await found("--name", ".*", "--name", "*.bin"), [
        "/.hidden",
        "/docs/large.bin",
      ]);
      assert.deepEqual(await found("docs", "--type", "d,l"), ["docs", "docs/old"]);
      assert.deepEqual(await found("--path", "/docs/*.txt"), ["/docs/same.txt"]);
      assert.deepEqual(await found("--path", "/"), ["/"]);
      assert.deepEqual(await found("--path", "docs/**/*.txt"), [
        "/docs/same.txt",
        "/docs/old/notes.txt",
      ]);
      assert.deepEqual(await found("--size", "+600K", "--size", "-1M"), ["/docs/large.bin"]);
      assert.deepEqual(await found("--size", "29"), ["/readme.txt", "/docs/same.txt"]);
      assert.deepEqual(await found("--older", "2002-01-01"), ["/docs/old/notes.txt"]);
      assert.deepEqual(
        await found("docs", "--type", "f", "--newer", "2024-05-01", "--older", "2024-05-02"),
        [
          "docs/large.bin",
          "docs/same.txt",
        ],
      );
    });

    await context.step("info prints format, label, features and how full it is", async () => {
      const text = await icecoreOutput(["info", image]);
      for (
        const line of [
          /^format +ext4, read-only$/m,
          /^label +small$/m,
          /^uuid +[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/m,
          /^origin +icecore, or alike/m,
          /^mounted +never$/m,
          /^state +clean$/m,
          /^journal +none$/m,
          /^features +.*extent.*read-only$/m,
        ]
      ) assert.match(text, line);
      const json = JSON.parse(await icecoreOutput(["info", "--json", image]));
      assert.equal(json.type, "info");
      assert.equal(json.label, "small");
      assert.equal(json.isReadOnly, true);
      assert.equal(json.sizeBytes, readFileSync(image).length);
    });

    await context.step("no name is ever printed raw", async () => {
      const outputs = [
        await listed("-lR"),
        await listed("hostile"),
        await listed("-R", "--json"),
        (await found("hostile")).join("\n"),
        await icecoreOutput(["find", image, "--json"]),
      ];
      for (const text of outputs) assert.doesNotMatch(text, COMMANDS);
      assert.match(outputs[1]!, /^red\\033\[31m$/m);
      assert.match(outputs[1]!, /^line\\nfeed$/m);
      assert.match(outputs[1]!, /^back\\\\slash\\\\033$/m);
      const parsed = outputs[2]!.trimEnd().split("\n").map((line) => JSON.parse(line).path);
      for (const name of HOSTILE_NAMES) assert.ok(parsed.includes(`/hostile/${name}`), name);
      const { stderr } = await icecore(["cat", image, "dangling"]);
      assert.match(
        stderr,
        /^icecore: cannot find dangling in the image: a symbolic link leads to .*, and there is no gone/,
      );
      assert.doesNotMatch(stderr, COMMANDS);
    });

    await context.step("what ls printed with escapes can be given back", async () => {
      const lines = (await listed("hostile")).trimEnd().split("\n");
      assert.equal(lines.length, HOSTILE_NAMES.length);
      const all = await printed(...lines.map((line) => `hostile/${line}`));
      for (const name of HOSTILE_NAMES) assert.ok(all.includes(name));
    });

    await context.step("find --print0 gives names as they are", async () => {
      const raw = await icecoreOutput(["find", image, "hostile", "--type", "f", "--print0"]);
      assert.deepEqual(
        raw.split("\0").slice(0, -1).sort(),
        HOSTILE_NAMES.map((name) => `hostile/${name}`).sort(),
      );
    });

    await context.step(
      "a reader that goes away, such as head, ends it as SIGPIPE would",
      async () => {
        const main = fileURLToPath(new URL("../../main.ts", import.meta.url));
        const line =
          '"$0" run --allow-all "$1" "${@:2}" | head -c 10 >/dev/null; echo "${PIPESTATUS[0]}"';
        const many = Array<string>(40).fill("docs/large.bin");
        // More than a pipe holds: whoever writes it all before head ends gets no signal.
        const roots = Array<string>(1000).fill("/");
        for (const args of [["cat", image, ...many], ["ls", "-lR", image, ...roots]]) {
          const { stdout, stderr } = await new Deno.Command("bash", {
            args: ["-c", line, Deno.execPath(), main, ...args],
          }).output();
          const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
          assert.deepEqual([text(stdout), text(stderr)], ["141\n", ""]);
        }
      },
    );

    await context.step("a sparse file of terabytes has ranges, too", async () => {
      const source = join(folder, "huge");
      mkdirSync(source);
      writeFileSync(join(source, "sparse"), "head");
      truncateSync(join(source, "sparse"), 4e12);
      await icecoreOutput(["build", source, "-o", join(folder, "huge.img"), "--quiet"]);
      const range = ["--offset", "3T", "--length", "10"];
      const { bytes } = await icecore(["cat", join(folder, "huge.img"), "huge/sparse", ...range]);
      assert.deepEqual(bytes, new Uint8Array(10));
    });
  });
});
