import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { buildSmallImage, LARGE } from "../support/images/small_image.ts";
import { icecore } from "../support/programs/run_icecore.ts";
import { rangeServer } from "../support/servers/range_server.ts";
import { s3Store } from "../support/servers/s3_store.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

Deno.test("an image on a server is read on the command line", async (context) => {
  await inTemporaryFolder(async (folder) => {
    const path = await buildSmallImage(folder);
    const bytes = new Uint8Array(readFileSync(path));
    const local = await icecore(["ls", "-lR", path]);

    await context.step("ls and cat over HTTP print what they print of the file", async () => {
      await using server = await rangeServer(bytes);
      assert.deepEqual(await icecore(["ls", "-lR", server.url]), local);
      assert.equal(server.requests.length, 1);
      const { bytes: printed, stderr } = await icecore(
        ["cat", server.url, "docs/large.bin", "--verbose"],
      );
      assert.deepEqual(printed, LARGE);
      assert.match(stderr, /^icecore: 3 requests, \d+ bytes\n$/);
    });

    await context.step(
      "ls and cat of an object in S3 print what they print of the file",
      async () => {
        await using store = await s3Store();
        await store.put("backups/small.img", bytes);
        const address = "s3://vault/backups/small.img";
        assert.deepEqual(await icecore(["ls", "-lR", address]), local);
        assert.deepEqual((await icecore(["cat", address, "docs/large.bin"])).bytes, LARGE);
        const { code, stderr } = await icecore(["ls", "s3://vault/nothing.img"]);
        assert.equal(code, 1);
        assert.match(
          stderr,
          /^icecore: cannot read s3:\/\/vault\/nothing\.img: there is no such file/,
        );
      },
    );

    await context.step("info names a server without the password", async () => {
      await using server = await rangeServer(bytes);
      const secret = server.url.replace("//", "//anna:secret@");
      for (const args of [["info", secret], ["info", "--json", secret]]) {
        const { stdout, stderr, code } = await icecore(args);
        assert.equal(code, 0);
        assert.ok(stdout.includes(server.url));
        assert.doesNotMatch(stdout + stderr, /secret/);
      }
    });

    await context.step("each bad server has its own message", async () => {
      await using server = await rangeServer(bytes);
      const faults = [
        [{ status: 404 }, /there is no such file on the server/],
        [{ status: 403 }, /the server does not allow it/],
        ["ignore-range", /the server ignores ranges .* Download the image/],
      ] as const;
      for (const [fault, words] of faults) {
        server.fault = () => fault;
        const { code, stdout, stderr } = await icecore(["ls", server.url]);
        assert.equal(code, 1);
        assert.equal(stdout, "");
        assert.match(stderr, words);
      }
    });
  });
});
