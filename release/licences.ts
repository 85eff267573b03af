/**
 * The licences of the npm packages that are a part of icecore.
 * @module
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { LockedPackage } from "./locked_packages.ts";

/** What is known of a package's licence. */
export interface Licence {
  /** As `package.json` names it, e.g. `MIT`. */
  readonly id?: string;
  /** The licence's own words, of each file that has some. */
  readonly texts: readonly string[];
}

/** A package's licence, where it is installed below `root`. */
export function licenceOf(root: string, { name, version }: LockedPackage): Licence {
  const store = `${root}/node_modules/.deno/${name.replace("/", "+")}@${version}`;
  const folder = [`${store}/node_modules/${name}`].find(existsSync);
  if (folder === undefined) return { texts: [] };
  const { license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  const id = typeof license === "string" ? license : license?.type;
  const texts = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|copying|notice)(\.(md|txt|mit))?$/i.test(file)).sort()
    .map((file) => readFileSync(`${folder}/${file}`, "utf8").trim());
  return { ...(typeof id === "string" ? { id } : {}), texts };
}

const RULE = "-".repeat(80);

/** The page of all licences; packages under the same words stand together. */
export function licencesPage(
  packages: readonly LockedPackage[],
  of: (each: LockedPackage) => Licence,
): string {
  const byText = new Map<string, string[]>();
  for (const each of packages) {
    const { id, texts } = of(each);
    const text = texts.length > 0 ? texts.join("\n\n") : `Licence: ${id ?? "not named"}`;
    byText.set(text, [...byText.get(text) ?? [], `${each.name} ${each.version} (${id ?? "?"})`]);
  }
  return [
    "Each executable holds these packages, and the runtime Bun, whose licences are at",
    "https://bun.com/docs/project/license",
    ...[...byText].map(([text, names]) => `${RULE}\n${names.join("\n")}\n\n${text}`),
    "",
  ].join("\n\n");
}
