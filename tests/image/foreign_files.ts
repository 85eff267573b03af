/**
 * Files that are not images of ext4, as their own programs make them.
 * @module
 */

/** One kind of file, as its own program makes it. */
export interface Foreign {
  readonly what: string;
  readonly programs: readonly string[];
  /** Makes `file` in the current folder, of the image `plain` or of the folder `source`. */
  readonly make: string;
  readonly says: RegExp;
  /**
   * What the hint's command does: `restores` the image, `lists` the contents, `mounts` them where
   * the kernel knows the file system; by default it is not run, as it asks for a secret.
   */
  readonly hint?: "restores" | "lists" | { readonly mounts: string };
  readonly needsLoop?: boolean;
}

const COMPRESSED = /it is compressed\. Unpack it with /;
const VIRTUAL =
  /it is a disk of a virtual machine \(.*\)\. Make a plain image of it with qemu-img /;
const ENCRYPTED = /it is encrypted.*\. (Decrypt|Open) it with /;
const qemu = (format: string): Foreign => ({
  what: format,
  programs: ["qemu-img"],
  make: `qemu-img convert -f raw -O ${format} plain file`,
  says: VIRTUAL,
  hint: "restores",
});
const compressed = (
  program: string,
  make = `${program} -c plain > file`,
): Foreign => ({
  what: program,
  programs: [program],
  make,
  says: COMPRESSED,
  hint: "restores",
});

/** All of them. */
export const FOREIGN: readonly Foreign[] = [
  {
    ...compressed("zstd"),
    says: /it is compressed, and has no table of frames .*\. Unpack it with /,
  },
  compressed("gzip"),
  compressed("xz"),
  compressed("bzip2"),
  compressed("lz4"),
  compressed("lzop"),
  compressed("lzip"),
  {
    ...compressed("lzma"),
    programs: ["xz"],
    what: "lzma",
    ...{ make: "xz -F lzma -c plain > file" },
  },
  compressed("lrzip", "lrzip -q -o file plain"),
  { ...compressed("lz4"), what: "lz4 of old", make: "lz4 -l -c plain > file" },
  qemu("qcow2"),
  qemu("vmdk"),
  qemu("vhdx"),
  qemu("vpc"),
  {
    ...qemu("vpc"),
    what: "vpc of fixed size",
    make: "head -c 2M /dev/urandom > plain && " +
      "qemu-img convert -f raw -O vpc -o subformat=fixed plain file",
  },
  qemu("vdi"),
  qemu("qed"),
  qemu("parallels"),
  {
    what: "Android sparse",
    programs: ["img2simg", "simg2img"],
    make: "img2simg plain file",
    says:
      /it is an Android sparse image\. Make a plain image of it with simg2img /,
    hint: "restores",
  },
  {
    what: "zip",
    programs: ["zip", "unzip"],
    make: "zip -qr file.zip source && mv file.zip file",
    says: /it is a zip archive\. Read it with unzip -l /,
    hint: "lists",
  },
  {
    what: "7z",
    programs: ["7z"],
    make: "7z a -bd file.7z source >/dev/null && mv file.7z file",
    says: /it is a 7z archive\. Read it with 7z l /,
    hint: "lists",
  },
  {
    what: "tar",
    programs: ["tar"],
    make: "tar -cf file source",
    says: /it is a tar archive\. Read it with tar -tvf /,
    hint: "lists",
  },
  {
    what: "cpio",
    programs: ["cpio"],
    make: "find source | cpio -o -H newc --quiet > file",
    says: /it is a cpio archive\. Read it with cpio -t < /,
    hint: "lists",
  },
  {
    what: "squashfs",
    programs: ["mksquashfs", "unsquashfs"],
    make: "mksquashfs source file -quiet",
    says: /it is a squashfs image\. Read it with unsquashfs -l /,
    hint: "lists",
  },
  {
    what: "erofs",
    programs: ["mkfs.erofs"],
    make: "mkfs.erofs --quiet file source",
    says: /it is an erofs image\. Mount it with /,
    hint: { mounts: "erofs" },
  },
  {
    what: "xfs",
    programs: ["mkfs.xfs"],
    make: "truncate -s 320M file && mkfs.xfs -q file",
    says: /it is an xfs image\. Mount it with /,
    hint: { mounts: "xfs" },
  },
  {
    what: "btrfs",
    programs: ["mkfs.btrfs"],
    make: "truncate -s 120M file && mkfs.btrfs -q file",
    says: /it is a btrfs image\. Mount it with /,
    hint: { mounts: "btrfs" },
  },
  ...[["12", 64], ["16", 4], ["32", 1]].map(([bits, sectors]) => ({
    what: `FAT${bits}`,
    programs: ["mkfs.fat"],
    make: `truncate -s 64M file && mkfs.fat -F ${bits} -s ${sectors} file`,
    says: /it is a FAT image\. Mount it with /,
    hint: { mounts: "vfat" },
  })),
  {
    what: "exFAT",
    programs: ["mkfs.exfat"],
    make: "truncate -s 8M file && mkfs.exfat file",
    says: /it is an exFAT image\. Mount it with /,
    hint: { mounts: "exfat" },
  },
  {
    what: "NTFS",
    programs: ["mkntfs"],
    make: "truncate -s 8M file && mkntfs -F -Q -q file",
    says: /it is an NTFS image\. Mount it with /,
    hint: { mounts: "ntfs" },
  },
  {
    what: "f2fs",
    programs: ["mkfs.f2fs"],
    make: "truncate -s 64M file && mkfs.f2fs -q file",
    says: /it is an f2fs image\. Mount it with /,
    hint: { mounts: "f2fs" },
  },
  {
    what: "nilfs2",
    programs: ["mkfs.nilfs2"],
    make: "truncate -s 256M file && mkfs.nilfs2 -q file",
    says: /it is a nilfs2 image\. Mount it with /,
    hint: { mounts: "nilfs2" },
  },
  {
    what: "romfs",
    programs: ["genromfs"],
    make: "genromfs -d source -f file",
    says: /it is a romfs image\. Mount it with /,
    hint: { mounts: "romfs" },
  },
  {
    what: "EWF",
    programs: ["ewfacquirestream", "ewfexport"],
    make: "ewfacquirestream -q -t made < plain && mv made.E01 file",
    says:
      /it is a forensic image \(EWF\)\. Make a plain image of it, .*\.raw, with ewfexport /,
  },
  {
    what: "iso9660",
    programs: ["genisoimage"],
    make: "genisoimage -quiet -o file source",
    says: /it is an iso9660 image\. Mount it with /,
    hint: { mounts: "iso9660" },
  },
  {
    what: "LUKS",
    programs: ["cryptsetup"],
    make: "truncate -s 20M file && " +
      "printf secret | cryptsetup luksFormat -q --pbkdf pbkdf2 --pbkdf-force-iterations 1000 file -",
    says: ENCRYPTED,
  },
  {
    what: "gpg",
    programs: ["gpg"],
    make:
      "mkdir -m 700 home && gpg --homedir home --batch --passphrase x --pinentry-mode loopback " +
      "-q -c -o file source/name && gpgconf --homedir home --kill all",
    says: ENCRYPTED,
  },
  ...[
    "rsa2048 cert,encr",
    "rsa3072 cert,encr",
    "rsa4096 cert,encr",
    "future-default default",
  ].map((
    key,
  ) => ({
    what: `gpg to a key of ${key}`,
    programs: ["gpg"],
    make: "mkdir -m 700 home && " +
      `gpg --homedir home --batch -q --passphrase '' --quick-gen-key me ${key} && ` +
      "gpg --homedir home --batch -q --trust-model always -e -r me -o file source/name; code=$?; " +
      "gpgconf --homedir home --kill all; exit $code",
    says: ENCRYPTED,
  })),
  {
    what: "openssl enc",
    programs: ["openssl"],
    make: "openssl enc -aes-256-cbc -pbkdf2 -k x -in plain -out file",
    says: ENCRYPTED,
  },
  {
    what: "swap",
    programs: ["mkswap"],
    make: "truncate -s 1M file && mkswap file",
    says: /it is room for swapping/,
  },
  {
    what: "LVM2",
    programs: ["pvcreate", "losetup"],
    make: "truncate -s 8M file && device=$(losetup -f --show file) && " +
      "{ pvcreate -qq -y --config 'devices{use_devicesfile=0}' $device; code=$?; " +
      "losetup -d $device; exit $code; }",
    says: /it is a physical volume of LVM2\. Attach it with sudo losetup /,
    needsLoop: true,
  },
];
