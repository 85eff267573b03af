/**
 * The numbers icecore is meant to reach, each beside what was measured.
 * @module
 */

import type { Result } from "./contest.ts";
import { names } from "./contenders.ts";
import type { DataKind, DataSet } from "./data.ts";
import type { Extracting } from "./extracting.ts";
import type { Incremental } from "./incremental.ts";
import type { Reading } from "./reading.ts";
import type { Recording } from "./recording.ts";

/** The results on one data set. */
export interface Report {
  readonly kind: DataKind;
  readonly data: DataSet;
  readonly results: readonly Result[];
  /** Seconds that a fresh process takes to hand out one file. */
  readonly oneFile?: number;
  /** How its image is read in place. */
  readonly reading?: Reading;
  /** What extracting all of it takes. */
  readonly extracting?: Extracting;
  /** How it is built on an image of before. */
  readonly incremental?: Incremental;
  /** What the record costs and is worth. */
  readonly recording?: Recording;
}

/** A goal and what came of it. */
export interface Verdict {
  readonly what: string;
  readonly atMost: number;
  /** Missing where one of its numbers was not measured. */
  readonly measured?: number;
}

type Figure = (reports: readonly Report[]) => number | undefined;

const seconds = (kind: DataKind, name: string): Figure => (reports) =>
  resultOf(reports, kind, name)?.seconds;
const bytes = (kind: DataKind, name: string): Figure => (reports) =>
  resultOf(reports, kind, name)?.resultBytes;
const peak = (kind: DataKind, name: string): Figure => (reports) =>
  resultOf(reports, kind, name)?.peakBytes;
const data = (kind: DataKind, field: "sizeBytes" | "occupiedBytes"): Figure => (reports) =>
  reports.find((report) => report.kind === kind)?.data[field];
const ratio = (above: Figure, below: Figure): Figure => (reports) => {
  const [a, b] = [above(reports), below(reports)];
  return a === undefined || b === undefined ? undefined : a / b;
};

const extracting = (kind: DataKind, field: keyof Extracting): Figure => (reports) =>
  reports.find((report) => report.kind === kind)?.extracting?.[field];
const reading = (kind: DataKind, field: keyof Reading): Figure => (reports) =>
  reports.find((report) => report.kind === kind)?.reading?.[field];
const recording = (kind: DataKind, field: keyof Recording): Figure => (reports) =>
  reports.find((report) => report.kind === kind)?.recording?.[field];

const goals: readonly { what: string; atMost: number; measure: Figure }[] = [
  ...kindGoals("photos", { byHand: 0.20, tarTee: 0.40 }),
  {
    what: "photos: native / sha512sum of the files alone, time",
    atMost: 0.6,
    measure: ratio(seconds("photos", names.native), seconds("photos", names.hash)),
  },
  {
    what: "photos: native image / data, bytes",
    atMost: 1.002,
    measure: ratio(bytes("photos", names.native), data("photos", "sizeBytes")),
  },
  {
    what: "photos: one file out of the image, seconds",
    atMost: 0.08,
    measure: (reports) => reports.find(({ kind }) => kind === "photos")?.oneFile,
  },
  {
    what: "photos: one file over HTTP, requests",
    atMost: 6,
    measure: reading("photos", "fileRequests"),
  },
  {
    what: "photos: one file over HTTP, MiB beyond 1.1 × its size",
    atMost: 1,
    measure: (reports) => {
      const extra = reading("photos", "fileExtraBytes")(reports);
      return extra === undefined ? undefined : extra / 2 ** 20;
    },
  },
  incrementalGoal("photos", 0.05),
  {
    what: "photos: merge / copying the images with sha512sum, time",
    atMost: 1.2,
    measure: ratio(incrementalFigure("mergeSeconds"), incrementalFigure("copySeconds")),
  },
  incrementalGoal("small", 0.5),
  ...listGoals("small"),
  ...listGoals("flat"),
  ...extractGoals("photos", 0.9),
  ...recordGoals("photos", 1.05),
  {
    what: "photos: verify by the record / sha512sum of the image, time",
    atMost: 1.1,
    measure: recording("photos", "verifyRatio"),
  },
  {
    what: "photos: diff of two images with records, seconds",
    atMost: 0.3,
    measure: recording("photos", "diffSeconds"),
  },
  ...kindGoals("small", { byHand: 0.12, tarTee: 0.9 }),
  ...recordGoals("small", 1.1),
  {
    what: "small: native image / tar, bytes",
    atMost: 1.05,
    measure: ratio(bytes("small", names.native), bytes("small", names.tar)),
  },
  {
    what: "small: native, peak memory in MB",
    atMost: 200,
    measure: (reports) => {
      const value = peak("small", names.native)(reports);
      return value === undefined ? undefined : value / 1e6;
    },
  },
  {
    what: "flat / small: native, time",
    atMost: 1.2,
    measure: ratio(seconds("flat", names.native), seconds("small", names.native)),
  },
  ...(["photos", "small", "flat"] as const).flatMap((kind) => [
    {
      what: `${kind}: e2fsprogs / the same programs from a script, time`,
      atMost: 1.05,
      measure: ratio(seconds(kind, names.e2fsprogs), seconds(kind, names.samePrograms)),
    },
    {
      what: `${kind}: e2fsprogs / by hand, time`,
      atMost: 1,
      measure: ratio(seconds(kind, names.e2fsprogs), seconds(kind, names.byHand)),
    },
    {
      what: `${kind}: e2fsprogs image / what the files occupy in blocks of 4096, bytes`,
      atMost: 1.01,
      measure: ratio(bytes(kind, names.e2fsprogs), data(kind, "occupiedBytes")),
    },
  ]),
];

/** Every goal that concerns one of the data sets measured. */
export function judge(reports: readonly Report[]): Verdict[] {
  return goals.filter(({ what }) => reports.some(({ kind }) => what.startsWith(kind)))
    .map(({ what, atMost, measure }) => {
      const measured = measure(reports);
      return { what, atMost, ...(measured === undefined ? {} : { measured }) };
    });
}

function incrementalFigure(field: keyof Incremental): Figure {
  return (reports) => reports.find(({ kind }) => kind === "photos")?.incremental?.[field];
}

function incrementalGoal(kind: DataKind, atMost: number) {
  const figure = (field: keyof Incremental): Figure => (reports) =>
    reports.find((report) => report.kind === kind)?.incremental?.[field];
  return {
    what: `${kind}: 1 % changed, layer / full build, time`,
    atMost,
    measure: ratio(figure("layerSeconds"), figure("fullSeconds")),
  };
}

function listGoals(kind: DataKind) {
  return [
    ...extractGoals(kind, 1),
    { what: `${kind}: ls -R, seconds`, atMost: 0.6, measure: reading(kind, "listSeconds") },
    {
      what: `${kind}: ls -R over HTTP, requests`,
      atMost: 40,
      measure: reading(kind, "listRequests"),
    },
    {
      what: `${kind}: ls -R, peak memory in MB`,
      atMost: 150,
      measure: (reports: readonly Report[]) => {
        const peak = reading(kind, "listPeakBytes")(reports);
        return peak === undefined ? undefined : peak / 1e6;
      },
    },
  ];
}

function kindGoals(kind: DataKind, most: { byHand: number; tarTee: number }) {
  return [
    {
      what: `${kind}: native / by hand, time`,
      atMost: most.byHand,
      measure: ratio(seconds(kind, names.native), seconds(kind, names.byHand)),
    },
    {
      what: `${kind}: native / tar | tee | sha512sum, time`,
      atMost: most.tarTee,
      measure: ratio(seconds(kind, names.native), seconds(kind, names.tarTee)),
    },
  ];
}

function resultOf(reports: readonly Report[], kind: DataKind, name: string): Result | undefined {
  return reports.find((report) => report.kind === kind)?.results.find((each) => each.name === name);
}

function recordGoals(kind: DataKind, atMost: number) {
  const what = `${kind}: native with its record / without, time`;
  return [{ what, atMost, measure: recording(kind, "buildRatio") }];
}

function extractGoals(kind: DataKind, atMost: number) {
  return [
    {
      what: `${kind}: extract everything / tar x, time`,
      atMost,
      measure: ratio(extracting(kind, "seconds"), extracting(kind, "tarSeconds")),
    },
    {
      what: `${kind}: extract everything, peak memory in MB`,
      atMost: 150,
      measure: (reports: readonly Report[]) => {
        const peak = extracting(kind, "peakBytes")(reports);
        return peak === undefined ? undefined : peak / 1e6;
      },
    },
  ];
}
