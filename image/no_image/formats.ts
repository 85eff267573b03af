/**
 * Files that are taken for images of ext4 and are something else: what they begin with, and what
 * helps.
 *
 * Each command is complete, so that it can be pasted; tests run them on files that the formats' own
 * programs have made.
 * @module
 */

/** What a command is about, quoted for a shell. */
export interface Target {
  /** The file. */
  readonly file: string;
  /** Where to write what comes out of it. */
  readonly out: string;
}

/** One format. */
export interface Format {
  /** How it is listed, e.g. as the contents of a partition. */
  readonly name: string;
  /** Any of these will do. A negative offset counts from the end of the file. */
  readonly magics: readonly (readonly [offset: number, magic: string])[];
  /** The rest of the sentence "it is …". */
  readonly what: string;
  /** What to do, without a full stop. */
  help(target: Target): string;
}

const unpack = (command: (target: Target) => string) => (target: Target) =>
  `Unpack it with ${command(target)}`;
const decrypt = (command: (target: Target) => string) => (target: Target) =>
  `Decrypt it with ${command(target)}`;
const list = (command: (target: Target) => string) => (target: Target) =>
  `Read it with ${command(target)}`;
const mount = (options = "ro") => ({ file }: Target) =>
  `Mount it with sudo mount -o ${options},loop ${file} /mnt`;
const convert = ({ file, out }: Target) =>
  `Make a plain image of it with qemu-img convert -O raw ${file} ${out}`;
const attach = (then: string) => ({ file }: Target) =>
  `Attach it with sudo losetup --find --show --read-only ${file}, ${then}`;

const compressed = (
  name: string,
  magic: string,
  command: (target: Target) => string,
): Format => ({ name, magics: [[0, magic]], what: "compressed", help: unpack(command) });

const fileSystem = (
  name: string,
  magics: Format["magics"],
  help: Format["help"] = mount(),
): Format => ({ name, magics, what: `${article(name)} ${name} image`, help });

const disk = (name: string, magics: Format["magics"]): Format => ({
  name,
  magics,
  what: `a disk of a virtual machine (${name})`,
  help: convert,
});

/** Those that are surest come first: some begin with room for others. */
export const FORMATS: readonly Format[] = [
  compressed("zstd", "\x28\xb5\x2f\xfd", ({ file, out }) => `zstd -d -o ${out} ${file}`),
  compressed("gzip", "\x1f\x8b", ({ file, out }) => `gunzip -c ${file} > ${out}`),
  compressed("compress", "\x1f\x9d", ({ file, out }) => `gunzip -c ${file} > ${out}`),
  compressed("xz", "\xfd7zXZ", ({ file, out }) => `unxz -c ${file} > ${out}`),
  compressed("bzip2", "BZh", ({ file, out }) => `bunzip2 -c ${file} > ${out}`),
  compressed("lz4", "\x04\x22\x4d\x18", ({ file, out }) => `lz4 -d ${file} ${out}`),
  compressed("lz4", "\x02\x21\x4c\x18", ({ file, out }) => `lz4 -d ${file} ${out}`),
  compressed("lzma", "\x5d\0\0\x80\0", ({ file, out }) => `unxz -c ${file} > ${out}`),
  compressed("lrzip", "LRZI", ({ file, out }) => `lrzip -dqo ${out} ${file}`),
  compressed("lzop", "\x89LZO\0\r\n\x1a\n", ({ file, out }) => `lzop -d -o ${out} ${file}`),
  compressed("lzip", "LZIP", ({ file, out }) => `lzip -d -c ${file} > ${out}`),
  {
    name: "age",
    magics: [[0, "age-encryption.org/"], [0, "-----BEGIN AGE"]],
    what: "encrypted",
    help: decrypt(({ file, out }) => `age -d -o ${out} ${file}`),
  },
  {
    name: "gpg",
    // With a passphrase; to keys of RSA with 2048, 3072 and 4096 bits, and of Curve25519.
    magics: [
      "-----BEGIN PGP MESSAGE",
      "\x8c\x0d\x04",
      ...["\x85\x01\x0c\x03", "\x85\x01\x8c\x03", "\x85\x02\x0c\x03", "\x84\x5e\x03"],
    ].map((text) => [0, text] as const),
    what: "encrypted",
    help: decrypt(({ file, out }) => `gpg -o ${out} -d ${file}`),
  },
  {
    name: "openssl",
    magics: [[0, "Salted__"]],
    what: "encrypted",
    help: ({ file, out }) =>
      `Decrypt it with openssl enc -d -in ${file} -out ${out} and the options it was encrypted with`,
  },
  {
    name: "LUKS",
    magics: [[0, "LUKS\xba\xbe"]],
    what: "encrypted (LUKS)",
    help: ({ file }) =>
      `Open it with sudo cryptsetup open --readonly ${file} image, and name /dev/mapper/image`,
  },
  {
    name: "BitLocker",
    magics: [[3, "-FVE-FS-"]],
    what: "encrypted (BitLocker)",
    help: ({ file }) =>
      `Open it with sudo cryptsetup open --type bitlk --readonly ${file} image, ` +
      "and mount /dev/mapper/image",
  },
  {
    name: "zip",
    magics: [[0, "PK\x03\x04"], [0, "PK\x05\x06"]],
    what: "a zip archive",
    help: list(({ file }) => `unzip -l ${file}`),
  },
  {
    name: "7z",
    magics: [[0, "7z\xbc\xaf\x27\x1c"]],
    what: "a 7z archive",
    help: list(({ file }) => `7z l ${file}`),
  },
  {
    name: "rar",
    magics: [[0, "Rar!\x1a\x07"]],
    what: "a rar archive",
    help: list(({ file }) => `unrar l ${file}`),
  },
  {
    name: "cpio",
    magics: [[0, "070701"], [0, "070702"], [0, "070707"]],
    what: "a cpio archive",
    help: list(({ file }) => `cpio -t < ${file}`),
  },
  {
    name: "tar",
    magics: [[257, "ustar"]],
    what: "a tar archive",
    help: list(({ file }) => `tar -tvf ${file}`),
  },
  {
    name: "Android sparse",
    magics: [[0, "\x3a\xff\x26\xed"]],
    what: "an Android sparse image",
    help: ({ file, out }) => `Make a plain image of it with simg2img ${file} ${out}`,
  },
  disk("qcow2", [[0, "QFI\xfb"]]),
  disk("vmdk", [[0, "KDMV"], [0, "COWD"], [0, "# Disk DescriptorFile"]]),
  disk("vhdx", [[0, "vhdxfile"]]),
  disk("vhd", [[0, "conectix"], [-512, "conectix"]]),
  disk("vdi", [[0x40, "\x7f\x10\xda\xbe"]]),
  disk("qed", [[0, "QED\0"]]),
  disk("parallels", [[0, "WithoutFreeSpace"], [0, "WithouFreSpacExt"]]),
  {
    name: "EWF",
    magics: [[0, "EVF\x09\r\n\xff\0"]],
    what: "a forensic image (EWF)",
    help: ({ file, out }) =>
      `Make a plain image of it, ${out}.raw, with ewfexport -q -u -t ${out} ${file}`,
  },
  {
    name: "wim",
    magics: [[0, "MSWIM\0\0\0"]],
    what: "an archive of Windows (wim)",
    help: list(({ file }) => `7z l ${file}`),
  },
  {
    name: "dmg",
    magics: [[-512, "koly"]],
    what: "a disk image of macOS (dmg)",
    help: ({ file, out }) => `Make a plain image of it with dmg2img ${file} ${out}`,
  },
  {
    name: "LVM2",
    magics: [0, 1, 2, 3].map((sector) => [512 * sector + 24, "LVM2 001"] as const),
    what: "a physical volume of LVM2",
    help: attach(
      "then sudo vgchange -ay, and name one of the volumes that sudo lvs -o lv_path lists",
    ),
  },
  {
    name: "md",
    magics: [[4096, "\xfc\x4e\x2b\xa9"], [0, "\xfc\x4e\x2b\xa9"]],
    what: "a part of a RAID (md)",
    help: attach("then sudo mdadm --assemble --scan --readonly, and name the /dev/md… it prints"),
  },
  fileSystem("xfs", [[0, "XFSB"]], mount("ro,norecovery")),
  fileSystem("btrfs", [[0x1_0040, "_BHRfS_M"]]),
  fileSystem(
    "squashfs",
    [[0, "hsqs"], [0, "sqsh"]],
    list(({ file }) => `unsquashfs -l ${file}`),
  ),
  fileSystem("erofs", [[1024, "\xe2\xe1\xf5\xe0"]]),
  fileSystem("f2fs", [[1024, "\x10\x20\xf5\xf2"]]),
  fileSystem("exFAT", [[3, "EXFAT   "]]),
  fileSystem("NTFS", [[3, "NTFS    "]]),
  fileSystem("FAT", [[82, "FAT32   "], [54, "FAT16   "], [54, "FAT12   "]]),
  fileSystem("iso9660", [[0x8001, "CD001"]]),
  fileSystem("udf", [[0x8001, "BEA01"], [0x8801, "NSR02"], [0x8801, "NSR03"]]),
  fileSystem("jfs", [[0x8000, "JFS1"]]),
  fileSystem("reiserfs", [[0x1_0034, "ReIsEr"]]),
  fileSystem("cramfs", [[0, "\x45\x3d\xcd\x28"]]),
  fileSystem("HFS+", [[1024, "H+\0\x04"], [1024, "HX\0\x05"]]),
  fileSystem("apfs", [[32, "NXSB"]], () => "Mount it on a Mac, or with apfs-fuse"),
  fileSystem("nilfs2", [[1030, "\x34\x34"]]),
  fileSystem("romfs", [[0, "-rom1fs-"]]),
  {
    name: "swap",
    magics: [[4086, "SWAPSPACE2"], [4086, "SWAP-SPACE"]],
    what: "room for swapping, which holds no files",
    help: () => "See whether it is the right file",
  },
  {
    name: "dm-verity",
    magics: [[0, "verity\0\0"]],
    what: "a tree of hashes (dm-verity)",
    help: () => "Name the image that it belongs to",
  },
  {
    name: "par2",
    magics: [[0, "PAR2\0PKT"]],
    what: "recovery data of par2",
    help: () => "Name the image that it belongs to",
  },
  {
    name: "web page",
    magics: ["<!DOCTYPE", "<!doctype", "<html", "<HTML", "<?xml"].map((text) => [0, text] as const),
    what: "text (HTML or XML), as a server sends it with an error",
    help: ({ file }) => `See what it says with head -c 2000 ${file}, and fetch the image again`,
  },
];

/** Where magics lie: so much of the beginning of a file has to be read. */
export const BEGINNING_BYTES = 0x1_0040 + 8;
/** And so much of its end. */
export const END_BYTES = 512;

/** The format that bytes are of, as far as they show. @param end The last bytes of the file. */
export function formatOf(
  beginning: Uint8Array,
  end: Uint8Array = new Uint8Array(),
): Format | undefined {
  return FORMATS.find(({ magics }) =>
    magics.some(([offset, magic]) =>
      offset < 0 ? hasAt(end, end.length + offset, magic) : hasAt(beginning, offset, magic)
    )
  );
}

function hasAt(bytes: Uint8Array, at: number, magic: string): boolean {
  if (at < 0 || at + magic.length > bytes.length) return false;
  for (let i = 0; i < magic.length; i++) {
    if (bytes[at + i] !== magic.charCodeAt(i)) return false;
  }
  return true;
}

function article(name: string): string {
  return /^([aeio]|xfs|NTFS|f2fs)/.test(name) ? "an" : "a";
}
