/**
 * Names of files as words of a command that can be pasted into a shell.
 * @module
 */

const PLAIN = /^[\w./:@%+=,-]+$/;
/** What programs append to the name of what they make. */
const SUFFIX =
  /\.(zst|gz|Z|xz|bz2|lz4|lzo|lz|age|gpg|pgp|asc|enc|lrz|lzma|qcow2|qed|E01|vmdk|vhdx?|vdi|dmg|simg|sparse)$/i;

/** @param name As it is shown: control characters are written as bash understands them in `$'…'`. */
export function quoted(name: string): string {
  const word = name.startsWith("-") ? `./${name}` : name;
  if (PLAIN.test(word)) return word;
  if (word.includes("\\")) return `$'${word.replaceAll("'", "\\'")}'`;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A name beside a file that is not taken, for what comes out of it. */
export function outputBeside(name: string, isTaken: (name: string) => boolean): string {
  const stem = SUFFIX.test(name) ? name.replace(SUFFIX, "") : `${name}.raw`;
  let free = stem;
  for (let i = 2; isTaken(free); i++) free = `${stem}.${i}`;
  return free;
}
