import assert from "node:assert/strict";
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import * as fc from "fast-check";
import { openFileSource } from "../../../host/block_source/file_source.ts";
import { openSource } from "../../../host/block_source/open_source.ts";
import { unwrapParts } from "../../../image/stored/unwrap.ts";
import { formatPartManifest } from "../../../pipeline/part_manifest.ts";
import age from "../../../plugins/age.ts";
import split from "../../../plugins/split.ts";
import zstd from "../../../plugins/zstd.ts";
import { extractImage, openImage, type OpenImageOptions } from "../../../read.ts";
import { build, inPlace, type Place } from "../../plugins/building.ts";
import { output } from "../../support/programs/oracles.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { folderServer } from "../../support/servers/folder_server.ts";
import { s3Store } from "../../support/servers/s3_store.ts";

const SPLIT = { programs: ["split"] };

/** Every path with what it is, and the contents of all files. */
async function contentsOf(
  location: string,
  options: OpenImageOptions = {},
): Promise<Record<string, string>> {
  await using image = await openImage(location, options);
  const found: Record<string, string> = {};
  for await (const { pathText, stat } of image.walk()) {
    const isFile = stat.kind === "file";
    const bytes = isFile
      ? await new Response(await image.readFile(pathText)).bytes()
      : new Uint8Array();
    found[pathText] = JSON.stringify([stat.kind, stat.mode, stat.sizeBytes]) +
      new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  }
  return found;
}

async function sameOf(place: Place, location: string, options?: OpenImageOptions): Promise<void> {
  assert.deepEqual(await contentsOf(location, options), await contentsOf(place.image), location);
}

/** Builds, and lets `split` cut the image: the names of the parts begin with `stored.`. */
async function inParts(
  use: (place: Place) => Promise<void>,
  args: readonly string[] = ["-b", "900000"],
): Promise<void> {
  await inPlace(async (place) => {
    await build(place, []);
    output("split", [...args, "photos.img", "stored."], place.folder);
    await use(place);
  });
}

Deno.test("the parts of an image are read by their manifest, and by any of them", async () => {
  await inPlace(async (place) => {
    await build(place, [[split, { size: "700K" }]]);
    for (const name of ["manifest", "part001", "part003"]) {
      await sameOf(place, `${place.image}.${name}`);
    }
    rmSync(`${place.image}.manifest`);
    await sameOf(place, `${place.image}.part001`);
  });
});

testWith(SPLIT, "parts that the program split made are read by the first one", async () => {
  const ways = [[], ["-d"], ["-d", "-a", "3"], ["--numeric-suffixes=1"], ["-n", "7"]];
  for (const args of ways) {
    await inParts(async (place) => {
      const [first] = readdirSync(place.folder).filter((name) => name.startsWith("stored.")).sort();
      await sameOf(place, join(place.folder, first!));
    }, args.includes("-n") ? args : [...args, "-b", "900000"]);
  }
});

Deno.test("parts of what is compressed and encrypted are read, here, over HTTP and over S3", async () => {
  const identity = await generateX25519Identity();
  const recipients = [await identityToRecipient(identity)];
  await inPlace(async (place) => {
    await build(place, [[zstd], [age, { recipients }], [split, { size: "700K" }]]);
    const options = { identities: [identity] };
    const names = readdirSync(place.folder).filter((name) =>
      name.startsWith("photos.img.zst.age.")
    );
    assert.ok(names.length > 4);
    await sameOf(place, `${place.image}.zst.age.manifest`, options);
    await sameOf(place, `${place.image}.zst.age.part001`, options);
    await using server = await folderServer(place.folder);
    await sameOf(place, `${server.url}photos.img.zst.age.manifest`, options);
    await sameOf(place, `${server.url}photos.img.zst.age.part001`, options);
    await using store = await s3Store();
    for (const name of names) {
      await store.put(`old/${name}`, new Uint8Array(readFileSync(join(place.folder, name))));
    }
    await sameOf(place, "s3://vault/old/photos.img.zst.age.manifest", options);
    await sameOf(place, "s3://vault/old/photos.img.zst.age.part001", options);
  });
});

testWith(SPLIT, "parts of an encrypted image that split made are read over HTTP", async () => {
  const identity = await generateX25519Identity();
  const recipients = [await identityToRecipient(identity)];
  await inPlace(async (place) => {
    await build(place, [[age, { recipients, engine: "library" }]]);
    output("split", ["-d", "-a3", "-b", "500K", "photos.img.age", "photos.img.age."], place.folder);
    rmSync(`${place.image}.age`);
    await using server = await folderServer(place.folder);
    const options = { identities: [identity] };
    await sameOf(place, `${server.url}photos.img.age.000`, options);
    await sameOf(place, `${place.image}.age.000`, options);
  });
});

Deno.test("one file of many parts on a server costs few requests", async () => {
  await inPlace(async (place) => {
    await build(place, [[split, { size: "256K" }]]);
    await using server = await folderServer(place.folder);
    await using image = await openImage(`${server.url}photos.img.manifest`);
    await image.stat("/source/text");
    assert.ok(server.requests.length <= 3, server.requests.join("\n"));
    assert.equal(image.traffic?.countRequests, server.requests.length);
    rmSync(`${place.image}.manifest`);
    server.requests.length = 0;
    await using leapt = await openImage(`${server.url}photos.img.part001`);
    await leapt.stat("/source/text");
    assert.ok(server.requests.length <= 14, server.requests.join("\n"));
    assert.equal(leapt.traffic?.countRequests, server.requests.length);
  });
});

Deno.test("any range of parts is that of the whole", async () => {
  await inPlace(async (place) => {
    await build(place, [[split, { size: "300K" }]]);
    const whole = readFileSync(place.image);
    await using server = await folderServer(place.folder);
    for (const folder of [`${place.folder}/`, server.url]) {
      const location = `${folder}photos.img.manifest`;
      const parts = await unwrapParts(await openSource(location), { location });
      assert.equal(parts.sizeBytes, whole.length);
      const range = fc.tuple(fc.nat(whole.length - 1), fc.nat(1_000_000));
      await fc.assert(
        fc.asyncProperty(range, async ([start, length]) => {
          const bytes = new Uint8Array(Math.min(length, whole.length - start));
          await parts.read(start, bytes);
          assert.ok(whole.subarray(start, start + bytes.length).equals(bytes));
        }),
        { numRuns: 60 },
      );
      parts.close();
    }
  });
});

/** What is done to the second of the parts, and what is said. */
const DAMAGES: Readonly<Record<string, readonly [(part: string) => void, RegExp]>> = {
  missing: [(part) => rmSync(part), /part 2 of .* is missing: /],
  cut: [(part) => truncateSync(part, 1000), /part 2 of .* is not what it was: .* has 1000 bytes/],
};

for (const [what, [damage, message]] of Object.entries(DAMAGES)) {
  Deno.test(`a part that is ${what} is named, and what lies in others is still read`, async () => {
    await inPlace(async (place) => {
      await build(place, [[split, { size: "1M" }]]);
      damage(`${place.image}.part002`);
      await using server = await folderServer(place.folder);
      const manifest = `${place.image}.manifest`;
      await assert.rejects(openImage(manifest), { message, code: `${what}-part` });
      await assert.rejects(openImage(`${place.image}.part001`), { message });
      const target = `${place.folder}/out`;
      for (const location of [manifest, `${server.url}photos.img.manifest`]) {
        const broken: string[] = [];
        mkdirSync(target);
        await using image = await openImage(location, {
          onBroken: (error, path) => broken.push(`${path === undefined} ${error.message}`),
        });
        await extractImage(image, { target });
        // The noise lies in all parts, the text behind it in the last two.
        assert.deepEqual(readdirSync(`${target}/source`), ["text"]);
        assert.match(broken.join("\n"), message);
        rmSync(target, { recursive: true });
      }
      // On a server it is found when it is read, and fails that file alone.
      await using image = await openImage(`${server.url}photos.img.manifest`);
      const damaged: string[] = [];
      const { countDamaged } = await extractImage(image, {
        target,
        onDamaged: ({ message }) => damaged.push(message),
      });
      assert.equal(countDamaged, 1);
      assert.match(damaged.join(), /source\/noise: part 2 of /);
    });
  });
}

testWith(SPLIT, "of parts without a manifest, one that is missing or cut is named", async () => {
  await inParts(async (place) => {
    const first = join(place.folder, "stored.aa");
    truncateSync(join(place.folder, "stored.ac"), 899_000);
    await assert.rejects(openImage(first), /part 3 of .* stored\.ac has 899000 bytes instead of 9/);
    rmSync(join(place.folder, "stored.ab"));
    await assert.rejects(openImage(first), /part 2 of .*stored\.aa is missing: stored\.ab/);
    const names = readdirSync(place.folder).filter((name) => /^stored\.a[c-z]$/.test(name));
    for (const name of names) rmSync(join(place.folder, name));
    await assert.rejects(openImage(first), /part 2 of .*stored\.aa is missing: stored\.ab/);
  });
});

testWith(SPLIT, "where the last part is missing, the last one that is there is named", async () => {
  await inParts(async (place) => {
    const names = readdirSync(place.folder).filter((name) => /^stored\.a/.test(name)).sort();
    rmSync(join(place.folder, names.at(-1)!));
    const message = new RegExp(`The last part that was found is ${names.at(-2)}: see whether`);
    await assert.rejects(openImage(join(place.folder, "stored.aa")), {
      code: "truncated",
      message,
    });
    await using server = await folderServer(place.folder);
    await assert.rejects(openImage(`${server.url}stored.aa`), { code: "truncated", message });
  });
});

testWith(SPLIT, "images that only have such names are not parts", async () => {
  await inPlace(async (place) => {
    await build(place, [[zstd]]);
    copyFileSync(place.image, join(place.folder, "night.000"));
    copyFileSync(place.image, join(place.folder, "night.001"));
    await sameOf(place, join(place.folder, "night.000"));
    renameSync(`${place.image}.zst`, join(place.folder, "day.aa"));
    copyFileSync(join(place.folder, "day.aa"), join(place.folder, "day.ab"));
    await sameOf(place, join(place.folder, "day.aa"));
    await sameOf(place, join(place.folder, "night.001"));
  });
});

Deno.test("parts in each other's place are damage, never wrong data", async () => {
  await inPlace(async (place) => {
    await build(place, [[split, { size: "1M" }]]);
    renameSync(`${place.image}.part002`, `${place.image}.x`);
    renameSync(`${place.image}.part003`, `${place.image}.part002`);
    renameSync(`${place.image}.x`, `${place.image}.part003`);
    await using image = await openImage(`${place.image}.manifest`);
    await assert.rejects(
      async () => await new Response(await image.readFile("/source/noise")).bytes(),
      { name: "DamagedFileError" },
    );
  });
});

Deno.test("hostile manifests reach out of no folder, and claim no memory", async () => {
  await inPlace(async (place) => {
    const path = `${place.folder}/x.manifest`;
    const sha512 = "0".repeat(128);
    const part = { name: "x.part001", sizeBytes: 2 ** 52, sha512 };
    writeFileSync(`${place.folder}/x.part001`, "short");
    const huge = { name: "x", sizeBytes: 2 ** 53 - 2, sha512 };
    const texts: readonly (readonly [string, RegExp])[] = [
      ["# icecore split: {}", /begins as a manifest of parts, and is damaged/],
      [
        formatPartManifest({ ...huge, parts: [{ ...part, name: "../x" }] }),
        /begins as a manifest of parts, and is damaged/,
      ],
      [
        formatPartManifest({ ...huge, sizeBytes: 2 ** 52, parts: [part] }),
        /part 1 of .* is not what it was: x\.part001 has 5 bytes instead of 4503599627370496/,
      ],
      [formatPartManifest({ ...huge, sizeBytes: 0, parts: [] }), /ends before its superblock/],
    ];
    for (const [text, message] of texts) {
      writeFileSync(path, text);
      await assert.rejects(openImage(path), message);
    }
  });
});

Deno.test("parts are closed with the image, and no more of them are kept open than 64", async () => {
  await inPlace(async (place) => {
    await build(place, [[split, { size: "16K" }]]);
    const countOpen = () => readdirSync("/proc/self/fd").length;
    const before = countOpen();
    const location = `${place.image}.manifest`;
    const parts = await unwrapParts(openFileSource(location), { location });
    const bytes = new Uint8Array(parts.sizeBytes);
    await parts.read(0, bytes);
    assert.ok(readFileSync(place.image).equals(bytes));
    assert.ok(countOpen() - before <= 66);
    parts.close();
    assert.equal(countOpen(), before);
  });
});
