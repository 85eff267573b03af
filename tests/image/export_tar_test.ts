import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bytesSource } from "../../ext4/reader/bytes/block_source.ts";
import { exportImage } from "../../image/export_tar.ts";
import { openImage } from "../../image/open_image.ts";
import { aclText } from "../../image/tar/acl_text.ts";
import { headerBlocks, type Member, TYPE } from "../../image/tar/header.ts";
import { imageBytes, planOf, temporaryFolder } from "../support/images/write_image.ts";
import { output, run } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import { icecore, icecoreOutput } from "../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";
import { listFolder } from "../support/trees/folder_listing.ts";
import { fillSourceFolder } from "../support/trees/source_folder.ts";
import {
  buildTree,
  file,
  folder,
  type Node,
  socket,
  symlink,
} from "../support/trees/tree_builder.ts";

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");

/** The archive of a tree. */
async function tarOf(root: Node, path?: string): Promise<Uint8Array> {
  const built = buildTree(root);
  await using image = await openImage(bytesSource(imageBytes(built, planOf(built))));
  const pieces: Uint8Array[] = [];
  for await (const piece of exportImage(image, path === undefined ? {} : { path })) {
    pieces.push(piece.slice());
  }
  return new Uint8Array(Buffer.concat(pieces));
}

const member: Member = {
  type: TYPE.file,
  name: new TextEncoder().encode("a"),
  mode: 0o100644,
  uid: 1000,
  gid: 1000,
  sizeBytes: 3,
  mtime: { seconds: 1_000_000_000, nanoseconds: 0 },
};

/** The pax records of a member, as text. */
const recordsOf = (changes: Partial<Member>) => {
  const blocks = headerBlocks({ ...member, ...changes });
  return blocks.length === 1 ? "" : text(blocks[1]!);
};

Deno.test("a plain member is one ustar block", () => {
  const blocks = headerBlocks(member);
  assert.equal(blocks.length, 1);
  assert.equal(text(blocks[0]!.subarray(257, 265)), "ustar\x0000");
  assert.equal(text(blocks[0]!.subarray(136, 148)), "07346545000\0");
});

Deno.test("what does not fit a header is a pax record", () => {
  assert.equal(recordsOf({ uid: 4_000_000_000 }), "18 uid=4000000000\n");
  assert.equal(recordsOf({ sizeBytes: 2 ** 33 }), "19 size=8589934592\n");
  assert.equal(
    recordsOf({ name: new Uint8Array(101).fill(0x61) }),
    `111 path=${"a".repeat(101)}\n`,
  );
  const before = { seconds: -2, nanoseconds: 500_000_000 };
  assert.equal(recordsOf({ mtime: before }), "22 mtime=-1.500000000\n");
  assert.equal(
    recordsOf({ name: Uint8Array.of(0xe9) }),
    "21 hdrcharset=BINARY\n9 path=\xe9\n",
  );
});

Deno.test("an ACL is written as text, and what is not an ACL is not", () => {
  const acl = Uint8Array.of(
    ...[2, 0, 0, 0],
    ...[1, 0, 6, 0, 255, 255, 255, 255],
    ...[2, 0, 4, 0, 210, 4, 0, 0],
    ...[4, 0, 4, 0, 255, 255, 255, 255],
    ...[16, 0, 5, 0, 255, 255, 255, 255],
    ...[32, 0, 0, 0, 255, 255, 255, 255],
  );
  assert.equal(aclText(acl), "user::rw-,user:1234:r--,group::r--,mask::r-x,other::---");
  assert.equal(aclText(acl.subarray(1)), undefined);
});

testWith(
  { programs: ["tar"] },
  "a path alone is exported with the folders that lead to it",
  async () => {
    const root = folder({
      a: folder({ b: folder({ f: file("x"), s: socket() }), other: file() }),
      l: symlink("a"),
    });
    await inTemporaryFolder(async (place) => {
      writeFileSync(join(place, "x.tar"), await tarOf(root, "a/b"));
      assert.equal(output("tar", ["tf", join(place, "x.tar")]), "a/\na/b/\na/b/f\n");
      assert.equal((await tarOf(root)).length % 10_240, 0);
    });
  },
);

testWith(
  { programs: ["tar"] },
  "a file of 9 GiB that is almost all hole takes little of an archive",
  async () => {
    const huge = {
      sizeBytes: 9 * 2 ** 30,
      ranges: [2 ** 33, 2 ** 33 + 4096],
      zeros: true,
    } as const;
    const bytes = await tarOf(folder({ huge: file(huge) }));
    assert.ok(bytes.length < 100_000);
    await inTemporaryFolder((place) => {
      writeFileSync(join(place, "x.tar"), bytes);
      assert.match(output("tar", ["tvf", join(place, "x.tar")]), / 9663676416 .* huge\n$/);
      return Promise.resolve();
    });
  },
);

testWith(
  { root: true, programs: ["tar", "mknod", "setfattr", "getfattr", "setfacl", "setcap"] },
  "GNU tar restores what find, stat, getfattr and sha256sum saw in the source",
  async () => {
    const place = temporaryFolder();
    try {
      const [source, target] = [join(place, "source"), join(place, "target")];
      mkdirSync(source);
      mkdirSync(target);
      fillSourceFolder(source);
      output("setcap", ["cap_net_raw+ep", join(source, "of-60")]);
      output("chown", ["-h", "4000000000:4000000001", join(source, "link-60")]);
      output("sh", ["-c", "printf x > \"$(printf 'caf\\351')\""], source);
      const image = join(place, "source.img");
      await icecoreOutput(["build", `${source}/.`, "-o", image, "--quiet"]);
      const { code, bytes, stderr } = await icecore(["export", image, "--tar"]);
      assert.equal(code, 0, stderr);
      const archive = join(place, "x.tar");
      writeFileSync(archive, bytes);
      const untar = run("tar", [
        ...["--extract", "--preserve-permissions", "--numeric-owner", "--acls", "--xattrs"],
        ...["--xattrs-include=*", "--file", archive, "--directory", target],
      ]);
      assert.equal(untar.exitCode, 0, untar.stderr);
      assert.deepEqual(listFolder(target), listFolder(source));
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  },
);

testWith({ programs: ["bsdtar"] }, "bsdtar reads it, too", async () => {
  const root = folder({ "naïve": file("x"), sparse: file({ sizeBytes: 99_999, ranges: [] }) });
  await inTemporaryFolder(async (place) => {
    writeFileSync(join(place, "x.tar"), await tarOf(root));
    const listed = output("env", ["LC_ALL=C.UTF-8", "bsdtar", "tf", join(place, "x.tar")]);
    assert.match(listed, /naïve/);
    assert.match(listed, /^sparse$/m);
  });
});

Deno.test("export says what it does not do", async () => {
  const noFormat = await icecore(["export", "x.img"]);
  assert.deepEqual([noFormat.code, noFormat.stdout], [2, ""]);
  assert.match(noFormat.stderr, /Add --tar/);
  assert.equal((await icecore(["export", "x.img", "--tar"])).code, 1);
});

testWith({ programs: ["script"] }, "export writes no archive to a terminal", async () => {
  await inTemporaryFolder((place) => {
    const main = new URL("../../main.ts", import.meta.url).pathname;
    const command = `'${Deno.execPath()}' run --allow-all '${main}' export x.img --tar`;
    const { stdout } = run("script", ["-qec", command, "/dev/null"], place);
    assert.match(text(stdout), /cannot write an archive to a terminal/);
    return Promise.resolve();
  });
});
