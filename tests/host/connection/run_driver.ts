/**
 * Runs the driver in a process of its own: a runtime reads its proxies and certificates when it
 * starts.
 * @module
 */

import { fileURLToPath } from "node:url";
import { BUN, bun } from "../../support/programs/bun.ts";
import { output } from "../../support/programs/oracles.ts";
import { OPENSSL } from "../../support/servers/certificates.ts";

const driver = fileURLToPath(new URL("./driver.ts", import.meta.url));

/** The runtimes, and how each runs the driver. */
export const RUNTIMES: Readonly<Record<string, () => readonly string[]>> = {
  Deno: () => [Deno.execPath(), "run", "--quiet", "--allow-all", driver],
  Bun: () => [bunPath(), driver],
};

let pathOfBun: string | undefined;

/** Bun itself: npx goes through the proxies of its environment. */
function bunPath(): string {
  const [npx, ...args] = bun("-e", "console.log(process.execPath)");
  return pathOfBun ??= output(npx, args).trim();
}

/** What the tests need of the machine. */
export const NEEDS = { programs: [...OPENSSL.programs, ...BUN.programs] };

/** Variables that the machine may have, and the tests set themselves. */
const CLEARED = [
  ...["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"].flatMap((name) => [
    name,
    name.toLowerCase(),
  ]),
  ...["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR", "DENO_CERT", "AWS_CA_BUNDLE"],
  ...["AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_ENDPOINT_URL", "AWS_REGION"],
];

/** What the driver printed. */
export interface Answer {
  readonly code?: string;
  readonly message?: string;
  readonly sizeBytes?: number;
  readonly stored?: true;
}

/** Runs the driver under a runtime. @returns An answer for each argument. */
export async function runDriver(
  runtime: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<Answer[]> {
  const [program, ...first] = RUNTIMES[runtime]!();
  const env = { ...Deno.env.toObject() };
  for (const name of CLEARED) delete env[name];
  const { stdout, stderr } = await new Deno.Command(program!, {
    args: [...first, ...args],
    clearEnv: true,
    env: { ...env, ...variables },
    stdin: "null",
  }).output();
  const text = new TextDecoder().decode(stdout).trim();
  if (text === "") throw new Error(new TextDecoder().decode(stderr));
  return text.split("\n").map((line) => JSON.parse(line));
}
