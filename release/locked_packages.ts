/**
 * The npm packages that icecore is made of, as its lock file names them.
 * @module
 */

import { Buffer } from "node:buffer";

/** One package. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** SHA-512 of the package, in hexadecimal. */
  readonly sha512: string;
  /** What it needs, as `name@version`. */
  readonly needs: readonly string[];
}

/** The parts of `deno.lock` that matter here. */
interface Lock {
  readonly version: string;
  readonly specifiers: Readonly<Record<string, string>>;
  readonly npm: Readonly<
    Record<
      string,
      {
        readonly integrity: string;
        readonly dependencies?: readonly string[];
        readonly optionalDependencies?: readonly string[];
      }
    >
  >;
}

/**
 * The packages of a lock file, in order of name and version.
 *
 * @throws Error for a lock file of another form.
 */
export function lockedPackages(text: string): LockedPackage[] {
  const lock: Lock = JSON.parse(text);
  if (lock.version !== "5") throw new Error(`cannot read a lock file of version ${lock.version}`);
  const ids = Object.keys(lock.npm).map((key) => ({ key, id: withoutPeers(key) }));
  const idOf = (needed: string): string => {
    const named = ids.find(({ key, id }) => key === needed || id === needed) ??
      ids.find(({ id }) => nameOf(id) === needed);
    if (named === undefined) throw new Error(`the lock file names ${needed}, which is not in it`);
    return named.id;
  };
  const found = new Map<string, LockedPackage>();
  for (const { key, id } of ids) {
    const { integrity, dependencies = [], optionalDependencies = [] } = lock.npm[key]!;
    const [algorithm, digest = ""] = integrity.split("-", 2);
    if (algorithm !== "sha512") throw new Error(`${id} has no SHA-512 in the lock file`);
    found.set(id, {
      name: nameOf(id),
      version: id.slice(nameOf(id).length + 1),
      sha512: Buffer.from(digest, "base64").toString("hex"),
      needs: [...dependencies, ...optionalDependencies].map(idOf).sort(),
    });
  }
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}

/** The packages that `deno.json` itself names, as `name@version`. */
export function directPackages(text: string): string[] {
  const { specifiers }: Lock = JSON.parse(text);
  return Object.entries(specifiers).map(([specifier, version]) => {
    const name = nameOf(specifier.replace(/^npm:/, ""));
    return `${name}@${withoutPeers(`${name}@${version}`).slice(name.length + 1)}`;
  }).sort();
}

/** `name@1.0.0_peer@2.0.0` is `name@1.0.0`. */
function withoutPeers(key: string): string {
  const version = key.indexOf("@", 1);
  const peers = key.indexOf("_", version);
  return peers < 0 ? key : key.slice(0, peers);
}

function nameOf(id: string): string {
  const end = id.indexOf("@", 1);
  return end < 0 ? id : id.slice(0, end);
}
