/**
 * What somebody may have meant whose command line led to an error: a line that does it.
 * @module
 */

import { CorruptImageError } from "../../ext4/image_errors.ts";
import { pathKind } from "../../host/files/path_kind.ts";
import { printable } from "../../host/libc/paths.ts";
import { quoted } from "../../image/no_image/shell_words.ts";
import { codeOf } from "../../pipeline/build_errors.ts";

/** Values of commands that it goes by. */
interface Typed {
  readonly command: string;
  readonly sources?: readonly string[];
  readonly exclude?: readonly string[];
  readonly image?: string;
  readonly paths?: readonly string[];
  readonly output?: unknown;
  readonly to?: unknown;
  readonly folder?: unknown;
}

/** A sentence to be put behind the error's message. */
export function adviceOn(error: unknown, values: Typed): string | undefined {
  const { image, sources = [], exclude = [], output, to } = values;
  if (error instanceof CorruptImageError && image !== undefined) return onSideFile(image);
  switch (codeOf(error)) {
    case "no-image":
      return image === undefined ? undefined : onImage(image, values);
    case "no-such-path":
      return onPath(values);
    case "source-missing":
      return onSource(sources);
    case "source-not-folder":
      return exclude.length > 0
        ? "Where a shell has put names in place of a pattern, quote that: --exclude '*.tmp'"
        : undefined;
    case "in-the-way":
    case "not-a-file":
      return typeof output === "string" && isFolder(output)
        ? `To write into that folder: -o ${shown(`${output.replace(/\/*$/, "")}/`)}`
        : undefined;
    case "no-folder":
      return values.command === "build" ? onFolder(to ?? output) : undefined;
    default:
      return undefined;
  }
}

function onImage(image: string, { command, folder }: Typed): string | undefined {
  const name = shown(image);
  if (isFolder(image)) {
    if (typeof folder === "string" && isFile(folder)) {
      return `The image comes first: icecore ${command} ${shown(folder)} ${name}`;
    }
    return command === "verify"
      ? `To verify all that are in it: icecore verify --all ${name}`
      : `To see which there are: icecore list ${name}`;
  }
  const scheme = /^(s3|https?):?\/{0,2}(?=[^/])(.*)$/i.exec(image);
  if (scheme !== null && !image.includes("://") && /[:/]/.test(image[scheme[1]!.length]!)) {
    return `An address is written so: ${shown(`${scheme[1]!.toLowerCase()}://${scheme[2]}`)}`;
  }
  if (/^file:\/\//i.test(image)) return `A path is written as it is: ${shown(image.slice(7))}`;
  if (/^[\w.-]+@[\w.-]+:/.test(image) || /^(ssh|sftp):/i.test(image)) {
    return "What is reached by ssh is mounted with sshfs first, or copied with scp.";
  }
  const within = /^(.+?\.img[^/:]*)[/:]+(.+)$/.exec(image);
  if (within !== null && isFile(within[1]!)) {
    return `A path in an image stands behind it: icecore ${command} ${shown(within[1]!)} ` +
      shown(within[2]!);
  }
  if (command === "find" && /[*?]/.test(image)) {
    return `The image comes first: icecore find IMAGE --name ${name}`;
  }
  return undefined;
}

function onSideFile(image: string): string | undefined {
  const of = /^(.+)\.(?:sha\d+|md5|note\.json)$/.exec(image)?.[1];
  return of !== undefined && isFile(of) ? `It belongs to ${shown(of)}: name that.` : undefined;
}

function onPath({ command, image = "", paths = [], output }: Typed): string | undefined {
  const [path = ""] = paths;
  if (command === "extract" && paths.length === 1 && output === undefined && isFolder(path)) {
    return `To extract into the folder ${shown(path)}: icecore extract ${shown(image)} -o ` +
      shown(path);
  }
  if (paths.length === 1 && isFile(path) && path.endsWith(".img")) {
    return command === "verify"
      ? `One image is verified at a time, or with icecore verify --all all of a folder.`
      : "What stands behind the image are paths in it; one image is read at a time.";
  }
  const name = path.replace(/\/*$/, "").replace(/^.*\//, "");
  if (!["ls", "cat", "extract"].includes(command) || name === "" || /[*?[]/.test(name)) return;
  return `To look for it: icecore find ${shown(image)} --iname ${shown(name)}`;
}

function onSource(sources: readonly string[]): string | undefined {
  const missing = sources.find((each) => pathKind(each) === undefined) ?? "";
  const others = sources.filter((each) => each !== missing);
  if (missing.endsWith(".img") && others.length > 0) {
    const folders = others.map(shown).join(" ");
    return `The image is named with -o: icecore build ${folders} -o ${shown(missing)}`;
  }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(missing) || /^[\w.-]+@[\w.-]+:/.test(missing)) {
    return "A source is a folder of this machine: mount what lies elsewhere first.";
  }
  if (/^~|\$[A-Z{]/.test(missing)) {
    return "In quotes the shell leaves ~ and variables as they are: write it without.";
  }
  return undefined;
}

function onFolder(folder: unknown): string | undefined {
  if (typeof folder !== "string") return undefined;
  if (/^s3:/i.test(folder)) return `To upload it: --use s3 --set s3.to=${shown(folder)}`;
  if (/^[\w.-]+@[\w.-]+:/.test(folder)) {
    return `To send it by ssh: --use ssh --set ssh.to=${shown(folder)}`;
  }
  return isFile(folder) ? "It is a file: a single image is named with -o." : undefined;
}

function shown(word: string): string {
  return quoted(printable(word));
}

function isFolder(path: string): boolean {
  return pathKind(path) === "folder";
}

function isFile(path: string): boolean {
  return pathKind(path) === "file";
}
