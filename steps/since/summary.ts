/**
 * What changed, in numbers and words.
 * @module
 */

import { hasType, S_IFDIR, S_IFREG, type Tree, type TreeInode } from "../../ext4/tree.ts";
import type { Fact, ScannedSource } from "../../pipeline/step.ts";
import { counted } from "../../pipeline/words/counted.ts";
import { formatSize } from "../../pipeline/words/size.ts";
import { CHANGE, type Changes } from "./changes.ts";
import { renamedFolders } from "./renamed_folders.ts";

interface Amount {
  countFiles: number;
  sizeBytes: number;
}

/** All that is not a folder counts as a file. */
interface Amounts {
  readonly new: Amount;
  readonly changed: Amount;
  /** Also of those whose set of names alone is another: their contents are stored again as well. */
  readonly metadata: Amount;
  readonly gone: Amount;
}

/** How many of the largest are named. */
const MOST_LARGEST = 10;

/** What a dry run says. */
export function factsOf(changes: Changes, source: ScannedSource): Fact[] {
  const amounts = amountsOf(changes, source.tree);
  return [
    ...amountFacts("new", amounts.new),
    ...amountFacts("changed", amounts.changed),
    ...amountFacts("metadata alone changed", amounts.metadata),
    ...amountFacts("gone", amounts.gone),
    ...renamedFolders(changes, source).map(({ from, to, sizeBytes }): Fact => ({
      label: `renamed folder ${from}, now ${to}, is stored again`,
      value: sizeBytes,
      unit: "bytes",
    })),
    ...largest(changes, source).map((row): Fact => ({
      label: `largest: ${source.pathOf(row)}`,
      value: source.tree.sizeBytes[row]!,
      unit: "bytes",
    })),
  ];
}

/** What a build says. */
export function sentenceOf(changes: Changes, { tree }: ScannedSource, base: string): string {
  const amounts = amountsOf(changes, tree);
  const show = ({ countFiles, sizeBytes }: Amount) =>
    `${counted(countFiles, "file")} (${formatSize(sizeBytes)})`;
  return `since ${base}: ${show(amounts.new)} new, ${show(amounts.changed)} changed, ` +
    `${show(amounts.metadata)} with other metadata, ${show(amounts.gone)} gone`;
}

function amountFacts(what: string, { countFiles, sizeBytes }: Amount): Fact[] {
  return [
    { label: `files ${what}`, value: countFiles },
    { label: `size of files ${what}`, value: sizeBytes, unit: "bytes" },
  ];
}

function amountsOf(changes: Changes, tree: Tree): Amounts {
  const none = (): Amount => ({ countFiles: 0, sizeBytes: 0 });
  const amounts = { new: none(), changed: none(), metadata: none(), gone: none() };
  for (const row of storedFiles(changes, tree)) {
    const amount = amounts[AMOUNT_OF[changes.change[row]!]!];
    amount.countFiles++;
    if (hasType(tree, row, S_IFREG)) amount.sizeBytes += tree.sizeBytes[row]!;
  }
  for (const entries of changes.gone.values()) {
    for (const { stat } of entries) {
      if (stat.kind === "folder") continue;
      amounts.gone.countFiles++;
      if (stat.kind === "file") amounts.gone.sizeBytes += stat.sizeBytes;
    }
  }
  for (const { countFiles, sizeBytes } of changes.goneFolders) {
    amounts.gone.countFiles += countFiles;
    amounts.gone.sizeBytes += sizeBytes;
  }
  return amounts;
}

const AMOUNT_OF: Readonly<Record<number, keyof Amounts>> = {
  [CHANGE.new]: "new",
  [CHANGE.contents]: "changed",
  [CHANGE.metadata]: "metadata",
  [CHANGE.links]: "metadata",
};

function* storedFiles({ change, isRowStored }: Changes, tree: Tree): Generator<TreeInode> {
  for (let row = 0 as TreeInode; row < tree.countInodes; row++) {
    if (change[row] === CHANGE.none || hasType(tree, row, S_IFDIR)) continue;
    if (isRowStored(row)) yield row;
  }
}

function largest(changes: Changes, { tree }: ScannedSource): TreeInode[] {
  const size = (row: TreeInode) => tree.sizeBytes[row]!;
  let found: TreeInode[] = [];
  for (const row of storedFiles(changes, tree)) {
    if (!hasType(tree, row, S_IFREG) || size(row) === 0) continue;
    const last = found[MOST_LARGEST - 1];
    if (last !== undefined && size(row) <= size(last)) continue;
    found = [...found, row].sort((a, b) => size(b) - size(a)).slice(0, MOST_LARGEST);
  }
  return found;
}
