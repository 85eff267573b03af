/**
 * Which Debian package brings a program that a test needs. `.ci/run` installs all of them.
 * @module
 */

const packageOf: Readonly<Record<string, string>> = {
  "7z": "p7zip-full",
  age: "age",
  "age-keygen": "age",
  blkid: "util-linux",
  btrfs: "btrfs-progs",
  chattr: "e2fsprogs",
  cryptsetup: "cryptsetup-bin",
  debugfs: "e2fsprogs",
  dumpe2fs: "e2fsprogs",
  e2fsck: "e2fsprogs",
  "fsck.erofs": "erofs-utils",
  fuse2fs: "fuse2fs",
  genext2fs: "genext2fs",
  getcap: "libcap2-bin",
  getfacl: "acl",
  getfattr: "attr",
  "grub-fstest": "grub-common",
  losetup: "mount",
  lsattr: "e2fsprogs",
  mke2fs: "e2fsprogs",
  "mkfs.btrfs": "btrfs-progs",
  "mkfs.erofs": "erofs-utils",
  "mkfs.ext4": "e2fsprogs",
  "mkfs.xfs": "xfsprogs",
  mksquashfs: "squashfs-tools",
  mount: "mount",
  npx: "npm",
  par2: "par2",
  resize2fs: "e2fsprogs",
  rsync: "rsync",
  setcap: "libcap2-bin",
  setfacl: "acl",
  setfattr: "attr",
  shellcheck: "shellcheck",
  ssh: "openssh-client",
  "ssh-keygen": "openssh-client",
  sshd: "openssh-server",
  strace: "strace",
  time: "time",
  tmux: "tmux",
  tune2fs: "e2fsprogs",
  umount: "mount",
  xfs_io: "xfsprogs",
  zstd: "zstd",
};

/** The line that installs what brings `programs`; `undefined` where no package is known for one. */
export function aptGetLine(programs: readonly string[]): string | undefined {
  const packages = programs.map((program) => packageOf[program]);
  if (packages.length === 0 || packages.includes(undefined)) return undefined;
  return `apt-get install ${[...new Set(packages)].sort().join(" ")}`;
}

/** The packages the tests can use, in order. */
export const testPackages: readonly string[] = [...new Set(Object.values(packageOf))].sort();
