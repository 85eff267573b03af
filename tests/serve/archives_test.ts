import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { testWith } from "../support/programs/requirements.ts";
import { whileServed, whileServedTree } from "../support/servers/served.ts";
import { pattern } from "../support/trees/source_folder.ts";
import { file, folder } from "../support/trees/tree_builder.ts";

const LARGE = pattern(3_000_000, 3);
const LARGE_BYTES = 2 ** 32 + 5;
const ZEROS = new Uint8Array(4 << 20);

function fill(source: string): void {
  mkdirSync(`${source}/photos/2024/empty`, { recursive: true });
  writeFileSync(`${source}/photos/2024/large.bin`, LARGE);
  writeFileSync(`${source}/photos/2024/naïve.txt`, "naïve\n");
  writeFileSync(`${source}/photos/run.sh`, "#!/bin/sh\n");
  chmodSync(`${source}/photos/run.sh`, 0o755);
  linkSync(`${source}/photos/run.sh`, `${source}/photos/2024/same.sh`);
  symlinkSync("2024/large.bin", `${source}/photos/link`);
  writeFileSync(`${source}/photos/holes`, "begin");
  truncateSync(`${source}/photos/holes`, 5_000_000);
  writeFileSync(`${source}/beside.txt`, "not asked for\n");
  utimesSync(`${source}/photos/2024/large.bin`, 1_000_000_000, 1_000_000_000);
}

/** Downloads an archive, and checks that it is as long as was said. */
async function download(url: string, target: string): Promise<Response> {
  const head = await fetch(url, { method: "HEAD" });
  const answer = await fetch(url);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("content-length"), String(bytes.length));
  assert.equal(head.headers.get("content-length"), String(bytes.length));
  writeFileSync(target, bytes);
  return answer;
}

async function run(program: string, args: string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(program, { args, cwd }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr) + new TextDecoder().decode(stdout));
  return new TextDecoder().decode(stdout);
}

function checkUnpacked(folder: string): void {
  const at = (name: string) => `${folder}/photos/${name}`;
  assert.deepEqual(new Uint8Array(readFileSync(at("2024/large.bin"))), LARGE);
  assert.equal(readFileSync(at("2024/naïve.txt"), "utf8"), "naïve\n");
  assert.equal(readFileSync(at("2024/same.sh"), "utf8"), "#!/bin/sh\n");
  assert.equal(lstatSync(at("run.sh")).mode & 0o777, 0o755);
  assert.equal(readlinkSync(at("link")), "2024/large.bin");
  assert.equal(lstatSync(at("holes")).size, 5_000_000);
  assert.ok(lstatSync(at("2024/empty")).isDirectory());
  assert.equal(lstatSync(at("2024/large.bin")).mtimeMs, 1_000_000_000_000);
}

testWith(
  { programs: ["tar"] },
  "a folder comes as tar, its size in front, and itself on top",
  async () => {
    await whileServed(fill, async ({ at, folder }) => {
      const answer = await download(at("tar/photos"), `${folder}/a.tar`);
      assert.match(
        answer.headers.get("content-disposition")!,
        /^attachment; filename="photos\.tar"/,
      );
      const names = (await run("tar", ["-tf", "a.tar"], folder)).trim().split("\n");
      assert.ok(names.every((name) => name.startsWith("photos/")), names.join(" "));
      await run("tar", ["-xf", "a.tar"], folder);
      checkUnpacked(folder);
      const links = [
        lstatSync(`${folder}/photos/run.sh`),
        lstatSync(`${folder}/photos/2024/same.sh`),
      ];
      assert.equal(links[0]!.ino, links[1]!.ino, "tar keeps hard links");
    });
  },
);

testWith(
  { programs: ["tar"] },
  "a folder deep in the image is the top of its tar as well",
  async () => {
    await whileServed(fill, async ({ at, folder }) => {
      await download(at("tar/photos/2024"), `${folder}/a.tar`);
      const names = (await run("tar", ["-tf", "a.tar"], folder)).trim().split("\n");
      assert.deepEqual(names.map((name) => name.split("/")[0]), names.map(() => "2024"));
      await download(at("tar/"), `${folder}/all.tar`);
      assert.match(await run("tar", ["-tf", "all.tar"], folder), /beside\.txt/);
    });
  },
);

for (
  const [program, args] of [["unzip", ["-q", "a.zip"]], ["7z", ["x", "-y", "-snld", "a.zip"]], [
    "bsdtar",
    ["-xf", "a.zip"],
  ]] as const
) {
  testWith({ programs: [program] }, `a folder comes as zip, which ${program} unpacks`, async () => {
    await whileServed(fill, async ({ at, folder }) => {
      const answer = await download(at("zip/photos"), `${folder}/a.zip`);
      assert.equal(answer.headers.get("content-type"), "application/zip");
      await run(program, [...args], folder);
      checkUnpacked(folder);
    });
  });
}

testWith({ programs: ["unzip"] }, "a zip has more members than 16 bits count", async () => {
  const names = Array.from({ length: 66_000 }, (_, i) => [`${i}`, file("")] as const);
  await whileServedTree(folder(names), async ({ at, folder: place }) => {
    await download(at("zip/"), `${place}/many.zip`);
    assert.match(await run("unzip", ["-tq", "many.zip"], place), /No errors detected/);
    const listed = (await run("unzip", ["-Z1", "many.zip"], place)).trim().split("\n");
    assert.equal(listed.length, 66_001);
  });
});

testWith({ programs: ["7z"] }, "a zip has files, and places, beyond 4 GiB", async () => {
  const large = file({ sizeBytes: LARGE_BYTES, ranges: [] });
  const tree = folder({ "a.bin": large, "b.txt": file("behind 4 GiB\n") });
  await whileServedTree(tree, async ({ at, folder: place }) => {
    const answer = await fetch(at("zip/"));
    const target = await Deno.open(`${place}/large.zip`, { write: true, create: true });
    let position = 0;
    for await (const piece of answer.body!) {
      // The zeros are left out of the file, which then takes no room.
      if (Buffer.compare(piece, ZEROS.subarray(0, piece.length)) !== 0) {
        await target.seek(position, Deno.SeekMode.Start);
        for (let done = 0; done < piece.length;) done += await target.write(piece.subarray(done));
      }
      position += piece.length;
    }
    target.close();
    assert.equal(answer.headers.get("content-length"), String(position));
    const listed = await run("7z", ["l", "-slt", "large.zip"], place);
    assert.match(listed, new RegExp(`Size = ${LARGE_BYTES}`));
    assert.equal(await run("7z", ["x", "-so", "large.zip", "test/b.txt"], place), "behind 4 GiB\n");
  });
});

testWith(
  { programs: ["bsdtar"] },
  "a zip is unpacked as it comes, before its end is there",
  async () => {
    await whileServed(fill, async ({ at, folder }) => {
      await download(at("zip/photos"), `${folder}/a.zip`);
      await run("sh", ["-c", "bsdtar -xf - < a.zip"], folder);
      assert.deepEqual(new Uint8Array(readFileSync(`${folder}/photos/2024/large.bin`)), LARGE);
    });
  },
);

Deno.test("what is not a folder cannot be packed, and an image is packed under its name", async () => {
  await whileServed(fill, async ({ at }) => {
    for (const part of ["tar/beside.txt", "zip/beside.txt", "tar/missing", "zip/missing"]) {
      const answer = await fetch(at(part));
      await answer.body?.cancel();
      assert.equal(answer.status, 404, part);
    }
    const answer = await fetch(at("zip/"), { method: "HEAD" });
    assert.match(answer.headers.get("content-disposition")!, /filename="test\.zip"/);
  });
});
