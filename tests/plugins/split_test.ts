import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { joinParts } from "../../image/join_parts.ts";
import type { VerificationError } from "../../mod.ts";
import { formatPartManifest, parsePartManifest } from "../../pipeline/part_manifest.ts";
import split from "../../plugins/split.ts";
import zstd from "../../plugins/zstd.ts";
import { testWith } from "../support/programs/requirements.ts";
import { icecore } from "../support/programs/run_icecore.ts";
import { build, FORMS, inPlace, namesIn, type Place, run, sha512Of } from "./building.ts";
import { failing } from "./neighbours.ts";

const manifestOf = (place: Place) => `${place.image}.manifest`;

for (const form of FORMS) {
  testWith(
    { programs: ["sha512sum", "cat"] },
    `the parts of a ${form} pass sha512sum -c, and cat and join give back the image`,
    async () => {
      await inPlace(async (place) => {
        const { image } = await build(place, [[split, { size: "1M" }]], form);
        run("sh", [
          "-ec",
          'cd "$1"; sha512sum --strict --quiet -c photos.img.manifest',
          "sh",
          place.folder,
        ]);
        run("sh", ["-ec", 'cat "$1".part* > "$1".cat', "sh", place.image]);
        assert.equal(sha512Of(`${place.image}.cat`), sha512Of(place.image));
        const output = `${place.folder}/joined`;
        const joined = await joinParts(manifestOf(place), { output });
        assert.equal(sha512Of(output), sha512Of(place.image));
        const parts = image.artifacts.filter(({ kind }) => kind === "part");
        assert.equal(joined.countParts, parts.length);
        assert.deepEqual(parts.map(({ path }) => path.slice(-8)).slice(0, 2), [
          ".part001",
          ".part002",
        ]);
        assert.ok(parts.slice(0, -1).every(({ sizeBytes }) => sizeBytes === 2 ** 20));
        assert.ok(namesIn(place).every((name) => !name.endsWith(".partial")));
      });
    },
  );
}

Deno.test("what a step made of the image is split, and not the image", async () => {
  await inPlace(async (place) => {
    await build(place, [[zstd, {}], [split, { size: "1M" }]]);
    const whole = await joinParts(`${place.image}.zst.manifest`);
    assert.equal(whole.path, `${place.image}.zst`);
    assert.ok(!existsSync(manifestOf(place)));
  });
});

Deno.test("more than 999 parts are in order for cat, too", async () => {
  await inPlace(async (place) => {
    await build(place, [[split, { size: "4K" }]]);
    const count = namesIn(place).filter((name) => name.includes(".part")).length;
    assert.ok(count > 999);
    assert.ok(existsSync(`${place.image}.part0001`));
    run("sh", ["-ec", 'cat "$1".part* > "$1".cat', "sh", place.image]);
    assert.equal(sha512Of(`${place.image}.cat`), sha512Of(place.image));
  });
});

Deno.test("an image of one part is joined, and one of parts that fit exactly", async () => {
  for (const size of ["1G", "1K"]) {
    await inPlace(async (place) => {
      rmSync(`${place.source}/noise`);
      rmSync(`${place.source}/text`);
      await build(place, [[split, { size }]]);
      const { sizeBytes, countParts } = await joinParts(manifestOf(place), {
        output: `${place.folder}/joined`,
      });
      assert.equal(sizeBytes % 1024, 0);
      assert.equal(countParts, size === "1G" ? 1 : sizeBytes / 1024);
    });
  }
});

/** What is done to the parts, and what join says. */
const DAMAGES: Readonly<Record<string, readonly [(place: Place) => void, RegExp]>> = {
  "a missing part": [
    ({ image }) => rmSync(`${image}.part002`),
    /cannot join .*photos\.img\.manifest: photos\.img\.part002 is missing\. Have exactly/,
  ],
  "two missing parts": [
    ({ image }) => ["2", "3"].forEach((n) => rmSync(`${image}.part00${n}`)),
    /part002 is missing; photos\.img\.part003 is missing/,
  ],
  "a short part": [
    ({ image }) => truncateSync(`${image}.part001`, 1000),
    /part001 has 1000 bytes instead of 1048576/,
  ],
  "a damaged part": [
    ({ image }) => flip(`${image}.part002`),
    /cannot join photos\.img\.part002: it is damaged/,
  ],
  "parts in each other's place": [
    ({ image }) => {
      renameSync(`${image}.part001`, `${image}.x`);
      renameSync(`${image}.part002`, `${image}.part001`);
      renameSync(`${image}.x`, `${image}.part002`);
    },
    /part001: it is damaged/,
  ],
  "a part too many": [
    ({ image }) => copyFileSync(`${image}.part001`, `${image}.part999`),
    /photos\.img\.part999 does not belong to it/,
  ],
  "a manifest whose whole is another": [
    ({ image }) => {
      const manifest = parsePartManifest(readFileSync(`${image}.manifest`, "utf8"))!;
      const text = formatPartManifest({ ...manifest, sha512: "0".repeat(128) });
      writeFileSync(`${image}.manifest`, text);
    },
    /together they are not photos\.img\. The manifest is damaged/,
  ],
};

for (const [what, [damage, message]] of Object.entries(DAMAGES)) {
  Deno.test(`${what} is reported, and nothing is left`, async () => {
    await inPlace(async (place) => {
      await build(place, [[split, { size: "1M" }]]);
      damage(place);
      const before = namesIn(place);
      const output = `${place.folder}/joined`;
      await assert.rejects(joinParts(manifestOf(place), { output }), (error: VerificationError) => {
        assert.equal(error.code, "verification-failed");
        assert.match(error.message, message);
        return true;
      });
      assert.deepEqual(namesIn(place), before);
    });
  });
}

Deno.test("an invalid manifest, and one that reaches out of its folder, are refused", async () => {
  await inPlace(async (place) => {
    const path = `${place.folder}/x.manifest`;
    await assert.rejects(joinParts(path), /cannot read .*x\.manifest: no such file/);
    const part = { name: "../secret", sizeBytes: 1, sha512: "0".repeat(128) };
    const outside = formatPartManifest({ ...part, name: "x", parts: [part] });
    const forged = formatPartManifest({ ...part, parts: [{ ...part, name: "x.part001" }] });
    for (const text of ["", "hello", "# icecore split: {}\n", outside, forged]) {
      writeFileSync(path, text);
      await assert.rejects(
        joinParts(path),
        /it is not a manifest of icecore split, or it is damaged/,
      );
    }
  });
});

Deno.test("no FIFO is waited for, and no device or folder is replaced by the joined file", async () => {
  await inPlace(async (place) => {
    await build(place, [[split, { size: "1M" }]]);
    execFileSync("mkfifo", [`${place.folder}/x.manifest`, `${place.folder}/fifo`]);
    await assert.rejects(joinParts(`${place.folder}/x.manifest`), /it is not a regular file/);
    mkdirSync(`${place.folder}/folder`);
    const before = namesIn(place);
    for (const name of ["fifo", "folder"]) {
      const output = `${place.folder}/${name}`;
      await assert.rejects(joinParts(manifestOf(place), { output, force: true }), {
        code: "in-the-way",
        message: /it exists and is not a regular file/,
      });
    }
    assert.deepEqual(namesIn(place), before);
  });
});

Deno.test("two who join into one file at the same time do not mix what they write", async () => {
  await inPlace(async (place) => {
    await build(place, [[split, { size: "1M" }]]);
    const output = `${place.folder}/joined.img`;
    const joins = [
      joinParts(manifestOf(place), { output }),
      joinParts(manifestOf(place), { output }),
    ];
    const results = await Promise.allSettled(joins);
    assert.deepEqual(results.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    const refused = results.find((result) => result.status === "rejected");
    assert.equal(refused?.reason.code, "output-busy");
    assert.ok(readFileSync(output).equals(readFileSync(place.image)));
  });
});

Deno.test("a name with a newline and a backslash goes through the manifest", () => {
  const sha512 = "a".repeat(128);
  const name = "a\nb\\c";
  const parts = [{ name: `${name}.part001`, sizeBytes: 7, sha512 }];
  const manifest = { name, sizeBytes: 7, sha512, parts };
  assert.deepEqual(parsePartManifest(formatPartManifest(manifest)), manifest);
});

Deno.test("a file that appears while parts are joined is not replaced without force", async () => {
  await inPlace(async (place) => {
    await build(place, [[split, { size: "1M" }]]);
    const output = `${place.folder}/joined`;
    const onProgress = () => writeFileSync(output, "precious");
    await assert.rejects(joinParts(manifestOf(place), { output, onProgress }), {
      code: "output-exists",
    });
    assert.equal(readFileSync(output, "utf8"), "precious");
    assert.ok(!existsSync(`${output}.partial`));
    await joinParts(manifestOf(place), { output, onProgress, force: true });
    assert.equal(sha512Of(output), sha512Of(place.image));
  });
});

Deno.test("what is there already is not replaced without force: parts, manifest, joined file", async () => {
  for (const name of ["photos.img.part001", "photos.img.part003", "photos.img.manifest"]) {
    await inPlace(async (place) => {
      writeFileSync(`${place.folder}/${name}`, "precious");
      await assert.rejects(build(place, [[split, { size: "1M" }]]), /it exists already/);
      assert.deepEqual(namesIn(place), [name]);
      assert.equal(readFileSync(`${place.folder}/${name}`, "utf8"), "precious");
    });
  }
});

Deno.test("with force no part of the split that was replaced is left among the new ones", async () => {
  await inPlace(async (place) => {
    await build(place, [[split, { size: "512K" }]]);
    await build(place, [[split, { size: "2M" }]], "stream", { force: true });
    run("sh", ["-ec", 'cat "$1".part* > "$1".cat', "sh", place.image]);
    assert.equal(sha512Of(`${place.image}.cat`), sha512Of(place.image));
    await joinParts(manifestOf(place), { force: true });
  });
});

Deno.test("a later step that fails takes the parts along", async () => {
  for (const form of FORMS) {
    await inPlace(async (place) => {
      await assert.rejects(
        build(place, [[split, { size: "1M" }], [failing]], form),
        /step failing failed: no/,
      );
      assert.deepEqual(namesIn(place), []);
    });
  }
});

Deno.test("icecore join joins, refuses what is there and what is damaged, and shows it by its exit code", async () => {
  await inPlace(async (place) => {
    await build(place, [[split, { size: "1M" }]]);
    const args = ["join", "photos.img.manifest"];
    const cwd = place.folder;
    const refused = await icecore(args, { cwd });
    assert.equal(refused.code, 1, refused.stderr);
    assert.match(
      refused.stderr,
      /photos\.img: it exists already\. Replace it, or choose another name \(--force, -o\)\./,
    );
    const joined = await icecore([...args, "-o", "new.img"], { cwd });
    assert.equal(joined.code, 0, joined.stderr);
    assert.equal(joined.stdout, `${sha512Of(place.image)}  new.img\n`);
    rmSync(place.image);
    const own = await icecore([...args, "--json"], { cwd });
    const { type, countParts, path } = JSON.parse(own.stdout);
    assert.deepEqual([type, path], ["joined", "./photos.img"]);
    assert.ok(countParts > 3);
    appendFileSync(`${place.image}.part001`, "x");
    const damaged = await icecore([...args, "--force"], { cwd });
    assert.equal(damaged.code, 4);
    assert.match(damaged.stderr, /^icecore: cannot join photos\.img\.manifest: .* instead of/);
  });
});

function flip(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(path, bytes);
}
