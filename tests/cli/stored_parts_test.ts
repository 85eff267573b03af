import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import split from "../../plugins/split.ts";
import zstd from "../../plugins/zstd.ts";
import { build, inPlace } from "../plugins/building.ts";
import { output } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import { icecore } from "../support/programs/run_icecore.ts";
import { folderServer } from "../support/servers/folder_server.ts";

testWith(
  { programs: ["split"] },
  "the command line reads parts, and -v prints what was asked of a server",
  () =>
    inPlace(async (place) => {
      const { folder, image, source } = place;
      await build(place, [[split, { size: "1M" }]]);
      output("split", ["-d", "-b1M", "photos.img", "other."], folder);
      const expected = await icecore(["ls", "-lR", image]);
      assert.equal(expected.code, 0);
      for (const name of ["photos.img.manifest", "other.00"]) {
        assert.deepEqual(await icecore(["ls", "-lR", `${folder}/${name}`]), expected);
      }
      await using server = await folderServer(folder);
      const location = `${server.url}photos.img.manifest`;
      const cat = await icecore(["cat", location, "/source/text", "-v"]);
      assert.ok(readFileSync(`${source}/text`).equals(cat.bytes));
      const requests = (stderr: string) =>
        Number(/^icecore: (\d+) requests, \d+ bytes$/m.exec(stderr)?.[1]);
      assert.equal(requests(cat.stderr), server.requests.length);
      assert.ok(server.requests.length <= 8, server.requests.join("\n"));
      for (const args of [["extract", "-o", `${folder}/out`], ["verify"]]) {
        server.requests.length = 0;
        const { code, stderr } = await icecore([args[0]!, location, ...args.slice(1), "-v"]);
        assert.equal(code, 0, stderr);
        assert.equal(requests(stderr), server.requests.length);
      }
      assert.ok(readFileSync(`${source}/noise`).equals(readFileSync(`${folder}/out/source/noise`)));
    }),
);

testWith(
  { programs: ["split"] },
  "mount says of each stored form what to do instead, and that helps",
  () =>
    inPlace(async (place) => {
      const { folder, image } = place;
      await build(place, [[zstd], [split, { size: "1M" }]]);
      await build(place, [[zstd]], "stream", { force: true });
      output("split", ["-d", "-b1M", "photos.img", "other."], folder);
      mkdirSync(`${folder}/mnt`);
      const forms = [
        [
          `${image}.zst`,
          /it is stored as zstd, .* or unpack it with zstd -d -o \S+photos\.img\.2 \S+/,
        ],
        [
          `${image}.zst.manifest`,
          /it is cut into parts, .* or join them with icecore join \S+manif/,
        ],
        [
          `${folder}/other.00`,
          /it is cut into parts, .* or join them: cat all of them in order, from/,
        ],
      ] as const;
      for (const [form, message] of forms) {
        const { code, stderr } = await icecore(["mount", form, `${folder}/mnt`]);
        assert.equal(code, 1);
        assert.match(stderr, message);
        assert.match(stderr, /Read it in place with icecore ls, cat and extract/);
      }
    }),
);
