/**
 * Lines as somebody types them who has not read the help: each gets help, and none a wall.
 */

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { icecore } from "../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

/** A folder with `photos`, and `photos.img` of it. */
async function inFolderWithImage(work: (folder: string) => Promise<void>): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const place = (path: string, text: string) => {
      mkdirSync(join(folder, path, ".."), { recursive: true });
      writeFileSync(join(folder, path), text);
    };
    place("photos/2023/ice.jpg", "ice 2023\n");
    place("photos/2024/ice.jpg", "ice 2024\n");
    place("photos/2024/Ice.JPG", "ICE 2024\n");
    place("photos/2024/notes [old].txt", "old\n");
    place("photos/2024/.hidden.jpg", "hidden\n");
    place("photos/2024/trip/sea.jpg", "sea\n");
    const { code, stderr } = await icecore(["build", "photos", "-q"], { cwd: folder });
    assert.deepEqual([code, stderr], [0, ""]);
    await work(folder);
  });
}

/** What is typed, and what it is answered with on stderr. */
const hints: readonly (readonly [typed: readonly string[], hint: RegExp])[] = [
  [["create", "photos"], /^Did you mean icecore build DIR\?$/m],
  [["backup", "photos"], /^Did you mean icecore build DIR\?$/m],
  [["restore", "photos.img"], /^Did you mean icecore extract IMAGE\?$/m],
  [["unpack", "photos.img"], /^Did you mean icecore extract IMAGE\?$/m],
  [["check", "photos.img"], /^Did you mean icecore verify IMAGE\?$/m],
  [["fsck", "photos.img"], /^Did you mean icecore verify IMAGE\?$/m],
  [["version"], /^Did you mean icecore --version\?$/m],
  [["tree", "photos.img"], /^Did you mean icecore ls IMAGE\?$/m],
  [["show", "photos.img"], /^Did you mean icecore cat IMAGE PATH\?$/m],
  [["search", "photos.img"], /^Did you mean icecore find IMAGE\?$/m],
  [["stat", "photos.img"], /^Did you mean icecore info IMAGE\?$/m],
  [["compare", "photos.img", "photos"], /^Did you mean icecore diff IMAGE DIR\?$/m],
  [["sha256sum", "photos.img"], /^Did you mean icecore digests IMAGE\?$/m],
  [["unmount", "/mnt"], /^Did you mean icecore umount FOLDER\?$/m],
  [["LIST", "photos.img"], /^Did you mean `list`\?$/m],
  [["help", "restore"], /^Did you mean icecore extract IMAGE\?$/m],
  [["photos"], /^To make an image of it: icecore build photos$/m],
  [["photos.img"], /^To see what is in it: icecore ls photos\.img$/m],
  [["biuld", "photos"], /^Did you mean `build`\?$/m],
  [["build", "photos", "--ouput", "x.img"], /^Did you mean --output\?$/m],
  [["build", "photos", "--hash", "sha3"], /Expected one of "sha512"/],
];

Deno.test("a line that is not understood is answered with one that is", async (context) => {
  await inFolderWithImage(async (folder) => {
    for (const [typed, hint] of hints) {
      await context.step(`icecore ${typed.join(" ")}`, async () => {
        const { code, stdout, stderr } = await icecore(typed, { cwd: folder });
        assert.equal(code, 2);
        assert.equal(stdout, "");
        assert.match(stderr, hint);
        assert.match(stderr, /See: icecore [a-z-]* ?--help\n$/);
        assert.ok((stderr.match(/Did you mean/g) ?? []).length <= 1, stderr);
      });
    }
  });
});

Deno.test("a path that leads nowhere is answered with a line that does", async (context) => {
  await inFolderWithImage(async (folder) => {
    const failing = async (...typed: string[]) => {
      const { code, stderr } = await icecore(typed, { cwd: folder });
      assert.equal(code, 1, stderr);
      return stderr;
    };

    await context.step("find IMAGE NAME", async () => {
      assert.equal(
        await failing("find", "photos.img", "ice.jpg"),
        "icecore: cannot begin at ice.jpg: the image has no such path. To find what is called so: " +
          "icecore find photos.img --name ice.jpg\n",
      );
      assert.match(await failing("find", "photos.img", "*.jpg"), /photos\.img --name '\*\.jpg'\n$/);
      assert.match(await failing("find", "photos.img", "**/*.jpg"), /--path '\*\*\/\*\.jpg'\n$/);
      assert.match(await failing("find", "photos.img", "gone/away"), /there is no gone\./);
    });

    await context.step("verify IMAGE DIR", async () => {
      mkdirSync(join(folder, "other"));
      assert.match(
        await failing("verify", "photos.img", "other"),
        /To compare with the folder other on this machine: icecore verify photos\.img --source other\n$/,
      );
      assert.match(
        await failing("verify", "photos.img", "../"),
        /verify photos\.img --source \.\.\/\n$/,
      );
      assert.match(await failing("verify", "photos.img", "gone"), /See what there is with ls\.\n$/);
    });
  });
});

Deno.test("lines that other programs understand do what they say", async (context) => {
  await inFolderWithImage(async (folder) => {
    const printed = async (...typed: string[]) => {
      const { code, stdout, stderr } = await icecore(typed, { cwd: folder });
      assert.deepEqual([code, stderr], [0, ""]);
      return stdout;
    };

    await context.step("-h behind any command is help", async () => {
      for (const command of ["build", "find", "extract", "verify", "steps", "report"]) {
        assert.equal(await printed(command, "-h"), await printed(command, "--help"));
      }
    });

    await context.step("-oFILE", async () => {
      await printed("build", "photos", "-q", "-osecond.img");
      assert.ok(existsSync(join(folder, "second.img")));
    });

    await context.step("-o DIR/", async () => {
      mkdirSync(join(folder, "vault"));
      assert.match(
        await printed("build", "photos", "-q", "-o", "vault/"),
        / {2}vault\/photos\.img\n$/,
      );
      assert.deepEqual(readdirSync(join(folder, "vault")), ["photos.img", "photos.img.sha512"]);
      const { code, stderr } = await icecore(["build", "photos", "-o", "gone/"], { cwd: folder });
      assert.equal(code, 1);
      assert.match(stderr, /gone/);
    });

    await context.step("choices in capitals and other usual forms", async () => {
      for (const hash of ["SHA256", "sha-256", "SHA_256"]) {
        await printed("build", "photos", "-q", "-o", "third.img", "--force", "--hash", hash);
        assert.match(readFileSync(join(folder, "third.img.sha256"), "utf8"), /^[0-9a-f]{64} /);
      }
      for (const size of ["4k", "4K", "4KiB", "4096"]) {
        await printed("build", "photos", "-q", "-o", "4k.img", "--force", "--block-size", size);
        const { blockSizeBytes } = JSON.parse(await printed("info", "4k.img", "--json"));
        assert.equal(blockSizeBytes, 4096);
      }
      await printed("build", "photos", "-q", "-o", "all.img", "--times", "ALL");
    });

    await context.step("find --iname", async () => {
      const found = async (...options: string[]) =>
        (await printed("find", "photos.img", ...options)).trimEnd().split("\n");
      assert.deepEqual(await found("--iname", "ICE.*"), [
        "/photos/2023/ice.jpg",
        "/photos/2024/Ice.JPG",
        "/photos/2024/ice.jpg",
      ]);
      assert.deepEqual(await found("--name", "Ice.*"), ["/photos/2024/Ice.JPG"]);
      assert.deepEqual(await found("--name", "Ice.*", "--iname", "SEA.jpg"), [
        "/photos/2024/Ice.JPG",
        "/photos/2024/trip/sea.jpg",
      ]);
    });

    await context.step("globs in ls", async () => {
      assert.equal(
        await printed("ls", "photos.img", "photos/*/ice.jpg"),
        "photos/2023/ice.jpg\nphotos/2024/ice.jpg\n",
      );
      assert.equal(
        await printed("ls", "photos.img", "/photos/2024/*.{jpg,JPG}"),
        "photos/2024/.hidden.jpg\nphotos/2024/Ice.JPG\nphotos/2024/ice.jpg\n",
      );
      assert.equal(await printed("ls", "photos.img", "**/sea.*"), "photos/2024/trip/sea.jpg\n");
      assert.equal(
        await printed("ls", "-d", "photos.img", "photos/20??"),
        "photos/2023\nphotos/2024\n",
      );
    });

    await context.step("a name with brackets is a name", async () => {
      assert.equal(await printed("cat", "photos.img", "photos/2024/notes [old].txt"), "old\n");
    });

    await context.step("globs in cat", async () => {
      assert.equal(
        await printed("cat", "photos.img", "photos/202?/ice.jpg"),
        "ice 2023\nice 2024\n",
      );
      const { code, stderr } = await icecore(["cat", "photos.img", "*.png"], { cwd: folder });
      assert.equal(code, 1);
      assert.match(stderr, /^icecore: cannot find \*\.png in the image: no name in it matches\./);
    });

    await context.step("globs in extract", async () => {
      await printed("extract", "photos.img", "photos/*/ice.jpg", "-q", "-o", "out");
      assert.deepEqual(
        readdirSync(join(folder, "out"), { recursive: true }).map(String).sort(),
        ["photos", "photos/2023", "photos/2023/ice.jpg", "photos/2024", "photos/2024/ice.jpg"],
      );
    });
  });
});
