/**
 * What is meant by a word that is not a command of ours.
 * @module
 */

import { pathKind } from "../../host/files/path_kind.ts";
import { printable } from "../../host/libc/paths.ts";
import { quoted } from "../../image/no_image/shell_words.ts";
import { didYouMean } from "../../pipeline/words/suggest.ts";

/**
 * What was meant where a word is not a command of ours: that of another program, a file, or one that
 * is spelled nearly so.
 *
 * @param rest What stands behind it.
 * @param commands Our own.
 */
export function commandHint(
  word = "",
  rest: readonly string[] = [],
  commands: readonly string[] = [],
): string | undefined {
  const typed = word.toLowerCase();
  const joined = `${typed}-${rest[0] ?? ""}`;
  if (commands.includes(joined)) return `Did you mean icecore ${joined}?`;
  if (commands.includes(typed)) return `Did you mean \`${typed}\`?`;
  const meant = COMMANDS_ELSEWHERE.get(typed.replace(/^--(?=.)/, "")) ?? ofTar(word);
  if (meant !== undefined) return `Did you mean icecore ${meant}?`;
  const sentence = SENTENCES.get(typed);
  if (sentence !== undefined) return sentence;
  if (word.startsWith("-")) {
    if (commands.includes(typed.slice(2))) return `Did you mean icecore ${typed.slice(2)}?`;
    return didYouMean(typed, ["--version", "--help"]);
  }
  const kind = pathKind(word);
  const name = quoted(printable(word));
  if (kind === "folder") return `To make an image of it: icecore build ${name}`;
  if (kind === "file") return `To see what is in it: icecore ls ${name}`;
  if (/[/.]/.test(word)) return "A command comes first, and there is no such file.";
  return didYouMean(typed, commands)?.replace(/mean (.*)\?/, "mean `$1`?");
}

/** `-xvf`, `czf`: letters of tar, of which one says what is done. */
function ofTar(word: string): string | undefined {
  if (!/^-?[cxtvzjJfpPSkBa]{2,6}$/.test(word) || !word.includes("f")) return undefined;
  const letter = /[cxt]/.exec(word)?.[0];
  return letter === "c"
    ? "build DIR -o IMAGE"
    : letter === "x"
    ? "extract IMAGE -o FOLDER"
    : letter === "t"
    ? "ls IMAGE -R"
    : undefined;
}

/** What other programs call our commands. */
const COMMANDS_ELSEWHERE: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "build DIR": ["create", "backup", "make", "pack", "add", "archive", "mk", "save", "snapshot"],
    "build DIR -o IMAGE": ["mksquashfs", "mkfs", "mkfs.ext4", "mke2fs", "mkisofs", "commit", "zip"],
    "build DIR --use s3": ["push", "upload"],
    "extract IMAGE": ["restore", "unpack", "untar", "recover", "copy", "cp", "get", "unsquashfs"],
    "extract IMAGE PATH": ["checkout", "pull", "download", "clone"],
    "verify IMAGE": ["check", "test", "fsck", "scrub", "validate", "e2fsck", "fsck.ext4"],
    "ls IMAGE": ["dir", "tree", "files", "contents", "ll"],
    "cat IMAGE PATH": ["print", "dump", "read", "show", "type", "view"],
    "find IMAGE": ["search", "locate", "grep"],
    "info IMAGE": ["stat", "stats", "describe", "inspect", "about", "dumpe2fs", "status"],
    "diff IMAGE DIR": ["compare", "cmp"],
    "digests IMAGE": ["hash", "hashes", "checksum", "checksums", "sha256sum", "sums"],
    "export IMAGE --tar": ["tar", "send", "export-tar"],
    "list FOLDER": ["snapshots", "images", "log", "history", "archives", "backups"],
    "prune FOLDER": ["forget", "expire", "rotate", "delete", "rm", "remove", "compact", "gc"],
    "umount FOLDER": ["unmount", "eject", "detach"],
    "mount IMAGE FOLDER": ["attach"],
    "merge IMAGE -o FULL": ["flatten", "squash", "consolidate"],
    "schedule JOB": ["cron", "crontab", "timer", "systemd"],
    "steps": ["plugin", "plugins", "options"],
    "recipe show NAME": ["recipes"],
    "volume plan DIR": ["volumes"],
    "clean": ["cleanup", "unlock", "break-lock"],
    "doctor": ["selftest", "self-test", "diagnose"],
    "report IMAGE": ["du", "ncdu"],
    "--version": ["version", "ver", "-v"],
    "--help": ["?", "usage", "commands", "man"],
    "help TOPIC": ["topics", "docs"],
  }).flatMap(([ours, theirs]) => theirs.map((word) => [word, ours])),
);

/** Where no command does it. */
const SENTENCES: ReadonlyMap<string, string> = new Map([
  ["init", "Nothing needs to be set up: icecore build DIR --to FOLDER"],
  ["icecore", "It is there already: write it once."],
  ["new", "To make an image: icecore build DIR. To write a step: icecore new-step NAME"],
  ["key", "Keys are those of age: icecore steps age"],
  ["password", "Encryption is a step: icecore steps age"],
  ["encrypt", "Encryption is a step: icecore build DIR --use age"],
  ["decrypt", "An encrypted image is read as it is: icecore ls IMAGE --identity KEYFILE"],
  ["compress", "Compression is a step: icecore build DIR --use zstd"],
  ["upload", "Uploading is a step: icecore build DIR --use s3"],
  ["config", "To see the settings: icecore run --print-config"],
  ["settings", "To see the settings: icecore run --print-config"],
  ["update", "An image never changes: icecore build DIR --base IMAGE stores what changed since."],
  ["edit", "An image never changes: icecore build DIR makes another."],
  ["repair", "An image never changes. What is not damaged in it: icecore extract IMAGE --salvage"],
  ["rebuild-index", "An image holds its index: icecore verify IMAGE looks whether it is right."],
  ["-", "What comes by stdin has to be a folder of files first: icecore build DIR"],
]);
