import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { JUDGE, judge } from "../support/programs/judge.ts";
import { output } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import { file, folder, type Node, symlink } from "../support/trees/tree_builder.ts";

const needs = { ...JUDGE, programs: [...JUDGE.programs ?? [], "getfattr", "getfacl"] };
const BLOCK_SIZES = [1024, 2048, 4096] as const;
type Values = Readonly<Record<string, Uint8Array | string>>;

/** A value of any bytes, different for every `salt`. */
const value = (length: number, salt = 0) =>
  Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8) * 13 + salt) & 0xff);

/** Fails unless the kernel gives exactly these attributes. */
function assertXattrs(path: string, wanted: Values): void {
  const args = ["-h", "-d", "-m", "-", "-e", "hex", "--absolute-names", path];
  const lines = output("getfattr", args).split("\n").filter((line) => /^[a-z]+\./.test(line));
  const found = Object.fromEntries(lines.map((line) => {
    const [name, hex] = line.split("=") as [string, string | undefined];
    return [name, (hex ?? "0x").slice(2)];
  }));
  const expected = Object.fromEntries(
    Object.entries(wanted).map(([name, one]) => [name, Buffer.from(one).toString("hex")]),
  );
  assert.deepEqual(found, expected, path);
}

/** Judges a folder of files that have these attributes. */
function judgeXattrs(
  sets: Readonly<Record<string, Values>>,
  blockSizeBytes: 1024 | 2048 | 4096,
): Promise<void> {
  const files = Object.entries(sets).map(([name, xattrs]) =>
    [name, file(name, { xattrs })] as const
  );
  return judge(folder(files), { blockSizeBytes }, ({ mountpoint, plan }) => {
    assert.deepEqual(plan.report, []);
    for (const [name, xattrs] of Object.entries(sets)) assertXattrs(join(mountpoint, name), xattrs);
  });
}

for (const blockSizeBytes of BLOCK_SIZES) {
  testWith(needs, `values from nothing to 64 KiB are kept (${blockSizeBytes})`, () => {
    // deno-fmt-ignore
    const lengths = [
      0, 1, 3, 4, 60, 61, 72, 73, 500, 900, 1000, 2000,
      3900, 4000, 4100, 20_000, 65_536,
    ];
    const sets = lengths.map((length) => [`${length}`, { "user.v": value(length, length) }]);
    return judgeXattrs(Object.fromEntries(sets), blockSizeBytes);
  });

  // Names must lie in one block, however large; 50 of these take more than 1 KiB.
  const count = blockSizeBytes === 1024 ? 25 : 50;
  testWith(
    needs,
    `${count} attributes of one file are kept, whatever the order of their names (${blockSizeBytes})`,
    () => {
      const many = Array.from(
        { length: count },
        (_, i) =>
          [`user.${"n".repeat(1 + (i * 7) % 11)}${50 - i}`, value(1 + (i * 3) % 9, i)] as const,
      );
      const large = many.slice(0, 12).map(([name], i) => [name, value(900, i)] as const);
      return judgeXattrs(
        { many: Object.fromEntries(many), large: Object.fromEntries(large) },
        blockSizeBytes,
      );
    },
  );
}

testWith(needs, "every prefix is kept, and a suffix of 255 bytes", () =>
  judgeXattrs({
    prefixes: { "user.a": "1", "trusted.b": "2", "security.c": "3", "trusted.overlay.opaque": "y" },
    longest: { [`trusted.${"x".repeat(247)}`]: value(3000) },
  }, 4096));

testWith(
  needs,
  "2,500 files with equal attributes share three blocks, and one inode of a value",
  () => {
    const xattrs = { "user.shared": value(600), "user.large": value(30_000), "trusted.t": "small" };
    const files = Array.from({ length: 2500 }, (_, i) => [`${i}`, file("", { xattrs })] as const);
    return judge(folder(files), { blockSizeBytes: 4096 }, ({ plan, mountpoint }) => {
      assert.equal(plan.layout.countXattrBlocks, 3);
      assert.equal(plan.layout.countUsedInodes, 11 + 2500 + 1);
      for (const name of ["0", "1023", "1024", "2499"]) {
        assertXattrs(join(mountpoint, name), xattrs);
      }
    });
  },
);

testWith(needs, "equal large values of different files lie in one inode", () => {
  const big = value(65_536);
  return judgeXattrs({
    a: { "user.one": big, "user.note": "a" },
    b: { "user.two": big },
    c: { "trusted.three": big, "user.other": value(65_536, 1) },
  }, 4096);
});

testWith(needs, "attributes of folders, links and nodes without contents are kept", () => {
  const xattrs = { "trusted.t": value(50), "security.selinux": "system_u:object_r:etc_t:s0\0" };
  const nodes: Record<string, Node> = {
    folder: folder({}, { xattrs }),
    link: symlink("target", { xattrs }),
    long: symlink("t".repeat(100), { xattrs }),
    linkOfLarge: symlink("target", { xattrs: { "trusted.large": value(30_000) } }),
    longOfLarge: symlink("t".repeat(100), { xattrs: { "trusted.large": value(30_000) } }),
  };
  return judge(folder(nodes, { xattrs }), {}, ({ mountpoint }) => {
    for (const name of ["", "folder", "link", "long"]) assertXattrs(join(mountpoint, name), xattrs);
  });
});

testWith(needs, "a capability is shown as it was given", () => {
  const capability = Uint8Array.from([1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  return judgeXattrs({ ping: { "security.capability": capability } }, 4096);
});

/** The encoding of the system call: version 2, then tag, permissions, id. */
function acl(...entries: readonly (readonly [number, number, number?])[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 + 8 * entries.length));
  view.setUint32(0, 2, true);
  entries.forEach(([tag, permissions, id], i) => {
    view.setUint16(4 + 8 * i, tag, true);
    view.setUint16(6 + 8 * i, permissions, true);
    view.setUint32(8 + 8 * i, id ?? 0xffff_ffff, true);
  });
  return new Uint8Array(view.buffer);
}

testWith(needs, "ACLs and default ACLs are kept, with users and groups of 32 bits", () => {
  const access = acl([1, 6], [2, 4, 1001], [2, 6, 4_000_000_000], [4, 4], [8, 5, 70_000], [16, 7], [
    32,
    0,
  ]);
  const inherited = acl([1, 7], [2, 5, 33], [4, 5], [16, 5], [32, 1]);
  const many = acl(
    [1, 7],
    ...Array.from({ length: 200 }, (_, i) => [2, 4, 5000 + i] as const),
    [4, 5],
    [16, 5],
    [32, 0],
  );
  const root = folder({
    file: file("x", { mode: 0o670, xattrs: { "system.posix_acl_access": access } }),
    folder: folder({}, {
      mode: 0o770,
      xattrs: {
        "system.posix_acl_access": access,
        "system.posix_acl_default": inherited,
        "user.u": "1",
      },
    }),
    many: file("x", { mode: 0o750, xattrs: { "system.posix_acl_access": many } }),
  });
  return judge(root, {}, ({ mountpoint, plan }) => {
    assert.deepEqual(plan.report, []);
    assertXattrs(join(mountpoint, "file"), { "system.posix_acl_access": access });
    assertXattrs(join(mountpoint, "many"), { "system.posix_acl_access": many });
    const printed = output("getfacl", ["-n", "--absolute-names", join(mountpoint, "folder")]);
    for (
      const line of [
        "user:1001:r--",
        "user:4000000000:rw-",
        "group:70000:r-x",
        "mask::rwx",
        "default:user:33:r-x",
      ]
    ) {
      assert.ok(printed.includes(line), `${line} in ${printed}`);
    }
  });
});
