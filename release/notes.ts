/**
 * The notes of a release: what was tried, and what was not.
 * @module
 */

import type { Audit } from "./audit.ts";
import type { Trial } from "./trial.ts";

/** What is known when everything is made. */
export interface Made {
  readonly version: string;
  readonly date: string;
  readonly trials: readonly Trial[];
  readonly audit: Audit;
  /** What the dry run of publishing on JSR said, in a line. */
  readonly jsr: string;
  /** What lintian said, in a line. */
  readonly lintian: string;
}

/** The notes, as Markdown. */
export function releaseNotes({ version, date, trials, audit, jsr, lintian }: Made): string {
  const digests = new Set(trials.flatMap(({ imageDigest }) => imageDigest ?? []));
  const same = digests.size === 1 ? "All that ran made the same image, byte for byte." : "";
  return [
    `# icecore ${version}, ${date}`,
    "| executable | tried |\n| --- | --- |\n" +
    trials.map(({ target, ran, how }) =>
      `| icecore-${target} | ${ran ? `built and verified an image ${how}` : `not run: ${how}`} |`
    ).join("\n"),
    same,
    "Executables for musl need `libstdc++`, as Alpine's package of that name brings it.",
    `- Packages: ${audit.summary} (audit.json).\n- Debian packages: ${lintian}.\n- JSR: ${jsr}.`,
    "Compiled with Bun: the runtime of `deno compile` is fetched from a server other than the npm " +
    "registry, and a release is made of what the registry has.",
    "`sha512sum --check SHA512SUMS` checks what was fetched.",
  ].filter((each) => each !== "").join("\n\n") + "\n";
}
