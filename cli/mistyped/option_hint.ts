/**
 * What is meant by an option that a command does not have.
 * @module
 */

import { extractOptionNames, type Usage } from "@optique/core/usage";
import { didYouMean } from "../../pipeline/words/suggest.ts";

/** A sentence that helps; `undefined` where nothing is near. @param typed As it was, e.g. `--out=x` */
export function optionHint(
  typed: string,
  args: readonly string[],
  command: string,
  usage: Usage,
): string | undefined {
  const [option = ""] = /^-[^=]*/.exec(typed) ?? [];
  const has = (name: string) => extractOptionNames(usage).has(name as `--${string}`);
  // A letter in a bundle, as the parser names it, or all of it as it was typed.
  const bundle = args.find((arg) => /^-\w{2,}$/.test(arg));
  if (option === "-V") return "Did you mean --version?";
  const words = [option, bundle ?? option, /^-[a-z](?=\d+$)/i.exec(option)?.[0] ?? option];
  for (const word of words) {
    const said = SENTENCES.find(([commands, theirs]) =>
      commands.includes(command) && theirs.includes(word)
    );
    if (said !== undefined) return said[2];
    const meant = ELSEWHERE.filter(([ours, theirs]) =>
      has(ours.split(" ", 1)[0]!) && theirs.includes(word) &&
      // Where images are made a password is for theirs.
      (ours !== "--identity" || !has("--use"))
    ).map(([ours]) => ours);
    if (meant.length > 0) return `Did you mean ${meant.join(" or ")}?`;
  }
  const negated = /^--no-(.+)$/.exec(option)?.[1];
  if (negated !== undefined && has(`--${negated}`)) {
    return `It does so only with --${negated}: leave that out.`;
  }
  const level = /^-(\d)$/.exec(option)?.[1];
  if (level !== undefined && has("--use")) {
    return `To compress: --use zstd --set zstd.level=${level}`;
  }
  return nearest(option, usage);
}

/** Our option, as it is to be written, and what other programs call it. */
const ELSEWHERE: readonly (readonly [ours: string, theirs: readonly string[]])[] = ([
  ["--output", "--file --out --outfile --outdir --output-dir --output-file --dest --destination"],
  ["--output", "--target --directory --dir --tag --name --prefix --save --repo --to"],
  ["-o", "-f -C -O -d -t -p -r"],
  ["--to", "--repo --repository --into --backup-dir -r"],
  ["--tar", "--format -o --output -f"],
  ["--exclude", "--ignore --skip --omit --without-files --filter"],
  ["--exclude-from", "-X --ignore-file --iexclude-file"],
  ["--one-file-system", "-x --xdev -xdev --mount"],
  ["--force", "-f -F -y --yes --overwrite --clobber --replace --allow-overwrite"],
  ["--dedupe", "--deduplicate --dedup --share"],
  ["--dry-run", "-n --simulate --just-print --no-act --test"],
  [
    "--use zstd",
    "-z -j -J -Z --gzip --gz --compress --compression --zstd --xz --bzip2 --lz4 --comp",
  ],
  ["--use age", "--encrypt --password --passphrase --encryption --password-file --key --gpg"],
  ["--use s3", "--upload --s3 --bucket"],
  ["--use par2", "--par2 --redundancy --parity"],
  ["--use split", "--split --split-size --volume-size --tape-length"],
  ["--use notify", "--notify --mail --email"],
  ["--hash sha256", "--sha256 --sha-256"],
  ["--hash sha512", "--sha512 --sha-512"],
  ["--hash md5", "--md5"],
  ["--hash sha1", "--sha1"],
  ["--hash", "--checksum --digest --algorithm --algo"],
  ["--base", "--incremental --parent --link-dest --listed-incremental -g"],
  ["--full-every", "--incremental --full --full-if-older-than"],
  ["--limit", "--bwlimit --limit-upload --limit-download --rate-limit --max-rate"],
  ["--keep-last", "--max-images --count --keep-latest"],
  [
    "--keep-daily",
    "--keep-hourly --keep-within --max-age --older-than --retention --retain --days",
  ],
  ["--read-ahead", "--threads -j --jobs --parallel --processors"],
  ["--recipe", "--format --type --fs --ext4"],
  ["--times all", "--atime --preserve --times-all -p"],
  ["--label", "-L --name --volume-label"],
  ["--size", "--larger --bigger --min-size --max-size --smaller"],
  ["--newer", "--since --after --mtime -mtime --newermt -newermt --changed-within -newer"],
  ["--older", "--before --until --changed-before"],
  ["--source", "--against --compare --compare-with --original --folder"],
  ["--sample 5%", "--quick --fast --read-data-subset --subset --partial"],
  ["--all", "--every"],
  ["--no-digest", "--structure --metadata-only --no-hash --no-contents"],
  ["--recursive", "-r --recurse --tree"],
  ["-l", "--long --details --verbose-list -1 -t -S"],
  ["--port", "-p -P --listen"],
  ["--host", "--bind --address -b --interface"],
  ["--identity", "--key --private-key -i --decrypt --password --passphrase"],
  ["--config", "-c --config-file --settings -f --file"],
  ["--print-config", "--list --show --show-config"],
  ["--ignore-journal", "--noload --norecovery"],
  ["--partition", "--part"],
  ["--image-offset", "--skip --start"],
  ["--salvage", "--ignore-errors --keep-going --continue --best-effort -k"],
  ["--strict", "--fail-on-error --werror"],
  ["--fuse", "--user --rootless"],
  ["--quiet", "-s --silent --no-progress --no-verbose"],
  ["--no-color", "--color --colour --no-colour --nocolor"],
  ["--verbose", "-vv -d --debug --progress --stats -P --list-files"],
  ["--json", "--format=json --output-format -j"],
] as const).map(([ours, theirs]) => [ours, theirs.split(" ")]);

/** Where no option does it, by the commands. */
const SENTENCES: readonly (readonly [
  commands: readonly string[],
  theirs: readonly string[],
  sentence: string,
])[] = [
  [
    ["build"],
    ["--verify", "--check", "-W"],
    "With --to it is verified each time; else: icecore verify IMAGE",
  ],
  [["build"], ["--no-verify", "--no-check"], "Nothing but --to verifies what it has built."],
  [
    ["build"],
    ["--no-hash", "--no-digest", "--no-checksum"],
    "To write no side file: --without hash",
  ],
  [["build"], ["--no-fsck"], "To leave the check out: --without fsck"],
  [["build"], ["--full"], "It is a full image where there is no --base and no --full-every."],
  [
    ["build"],
    ["--include"],
    "All is stored that --exclude does not leave out; several folders may be named.",
  ],
  [
    ["build"],
    ["-C", "--directory", "--cd"],
    "To store what is in a folder, and not its name: icecore build FOLDER/.",
  ],
  [
    ["extract"],
    ["--strip-components", "--strip", "-p1"],
    "Names are kept as they are; a folder's PATH may be named, and moved after.",
  ],
  [
    ["extract"],
    ["--include", "-i", "--path", "--only"],
    "What is to be extracted stands behind the image: icecore extract IMAGE PATH",
  ],
  [
    ["extract"],
    ["--exclude"],
    "What is to be extracted stands behind the image, and may be a pattern: icecore extract IMAGE '2024/*.jpg'",
  ],
  [
    ["extract", "ls", "cat", "find", "info", "export"],
    ["-f", "-xf", "-xvf", "-tf", "-tvf"],
    "The image is named without an option.",
  ],
  [
    ["verify"],
    ["--fix", "--repair", "-y", "-p", "--correct"],
    "An image never changes. What is not damaged in it: icecore extract IMAGE --salvage",
  ],
  [
    ["verify"],
    ["--deep", "--read-data", "--full", "--verify-data", "--thorough"],
    "All of it is read unless --sample or --no-digest is there.",
  ],
  [
    ["digests"],
    ["--check", "-c"],
    "sha256sum --check reads what it prints. To check the image: icecore verify IMAGE",
  ],
  [
    ["digests"],
    ["--sha512", "--md5", "--hash", "--sha1"],
    "Those that are printed stand in the image, and are SHA-256.",
  ],
  [
    ["export"],
    ["-o", "--output", "-f", "--file"],
    "It goes to stdout: icecore export IMAGE --tar > FILE",
  ],
  [
    ["schedule"],
    ["--at", "--when", "--time", "--daily", "--calendar"],
    'The time stands in the settings of the job: schedule = "02:00"',
  ],
  [
    ["prune"],
    ["--max-size", "--max-bytes", "--free"],
    "Rules count images, and not bytes: --keep-last N",
  ],
  [
    ["find"],
    ["--exec", "-exec", "-delete", "--delete"],
    "It only finds. To take files out: icecore cat, icecore extract",
  ],
];

/** The nearest option; a long one may have been written with one hyphen, as find has them. */
function nearest(unknown: string, usage: Usage): string | undefined {
  const word = unknown.replace(/^--?/, "").toLowerCase().replaceAll("_", "-");
  if (word.length < 2) return;
  const names = [...extractOptionNames(usage), "--help"].filter((name) => name.startsWith("--"));
  const longer = names.find((name) =>
    word.length >= 4 && (name.slice(2).startsWith(word) || word.startsWith(name.slice(2)))
  );
  if (longer !== undefined) return `Did you mean ${longer}?`;
  return didYouMean(word, names.map((name) => name.slice(2)))?.replace("mean ", "mean --");
}
