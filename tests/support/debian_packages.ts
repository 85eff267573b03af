/**
 * Which Debian package brings a program or a file that a test needs. `.ci/run` installs all of them.
 * @module
 */

const packageOf: Readonly<Record<string, string>> = {
  "/usr/include/fuse3/fuse.h": "libfuse3-dev",
  "7z": "p7zip-full",
  age: "age",
  "age-keygen": "age",
  blkid: "util-linux",
  btrfs: "btrfs-progs",
  bzip2: "bzip2",
  chattr: "e2fsprogs",
  cpio: "cpio",
  cryptsetup: "cryptsetup-bin",
  debugfs: "e2fsprogs",
  dumpe2fs: "e2fsprogs",
  e2fsck: "e2fsprogs",
  "fsck.erofs": "erofs-utils",
  "fuse-overlayfs": "fuse-overlayfs",
  fuse2fs: "fuse2fs",
  gcc: "gcc",
  genext2fs: "genext2fs",
  genisoimage: "genisoimage",
  getcap: "libcap2-bin",
  getfacl: "acl",
  getfattr: "attr",
  gpg: "gpg",
  "grub-fstest": "grub-common",
  img2simg: "android-sdk-libsparse-utils",
  losetup: "mount",
  lsattr: "e2fsprogs",
  lz4: "lz4",
  lzip: "lzip",
  lzop: "lzop",
  mke2fs: "e2fsprogs",
  "mkfs.btrfs": "btrfs-progs",
  "mkfs.erofs": "erofs-utils",
  "mkfs.exfat": "exfatprogs",
  "mkfs.ext4": "e2fsprogs",
  "mkfs.f2fs": "f2fs-tools",
  "mkfs.fat": "dosfstools",
  "mkfs.xfs": "xfsprogs",
  mkntfs: "ntfs-3g",
  mksquashfs: "squashfs-tools",
  mount: "mount",
  npx: "npm",
  openssl: "openssl",
  par2: "par2",
  pvcreate: "lvm2",
  "qemu-img": "qemu-utils",
  resize2fs: "e2fsprogs",
  rsync: "rsync",
  setcap: "libcap2-bin",
  setfacl: "acl",
  setfattr: "attr",
  sfdisk: "fdisk",
  shellcheck: "shellcheck",
  simg2img: "android-sdk-libsparse-utils",
  ssh: "openssh-client",
  "ssh-keygen": "openssh-client",
  sshd: "openssh-server",
  strace: "strace",
  time: "time",
  tmux: "tmux",
  tune2fs: "e2fsprogs",
  umount: "mount",
  unsquashfs: "squashfs-tools",
  unzip: "unzip",
  xfs_io: "xfsprogs",
  xz: "xz-utils",
  zip: "zip",
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
