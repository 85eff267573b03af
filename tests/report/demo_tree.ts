/**
 * Somebody's photos over the years, for pictures of the page: sizes are large, contents are zeros.
 * @module
 */

import { file, folder, type Node } from "../support/trees/tree_builder.ts";

const DAY_SECONDS = 86_400;
const YEARS = [2013, 2014, 2015, 2016, 2017, 2018, 2019, 2020, 2021, 2022, 2023, 2024] as const;
const TRIPS = [
  ["01 Winter walk", 9],
  ["04 Lisbon", 26],
  ["06 Garden", 14],
  ["07 Norway – fjords", 44],
  ["08 Grandma’s 80th", 31],
  ["10 Harvest", 12],
  ["12 Christmas", 21],
] as const;

/** Numbers that look random, the same in each run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The root folder. @param scale Divides all sizes. */
export function demoTree(scale = 100): Node {
  const random = numbers(7);
  // No two sizes are equal: contents are zeros, and equal files are to be few.
  const sizes = new Set<number>();
  let countFiles = 0;
  const zeros = (bytes: number, seconds: number) => {
    let sizeBytes = Math.floor(bytes / scale);
    while (sizes.has(sizeBytes)) sizeBytes++;
    sizes.add(sizeBytes);
    countFiles++;
    return file({ sizeBytes, zeros: true }, { mtime: [seconds, 0] });
  };
  const start = (year: number, month: number) => Date.UTC(year, month - 1, 3) / 1000;

  const trip = (year: number, month: number, count: number) => {
    const first = start(year, month);
    return Array.from({ length: count }, (_, i): readonly [string, Node] => {
      const when = first + Math.floor(i / 12) * DAY_SECONDS + i * 61;
      const number = String(1000 + countFiles % 9000);
      if (random() < 0.03) return [`MVI_${number}.mp4`, zeros(4e7 + random() * 2e8, when)];
      if (year >= 2019 && random() < 0.3) {
        return [`IMG_${number}.cr3`, zeros(2.6e7 + random() * 9e6, when)];
      }
      return [`IMG_${number}.jpg`, zeros(3e6 + random() * 6e6, when)];
    });
  };
  const photos = YEARS.map((year, at) => {
    const trips = TRIPS.filter(() => random() < 0.35 + at * 0.05).map(([name, count]) =>
      [
        name,
        folder(trip(year, Number(name.slice(0, 2)), Math.ceil(count * (0.5 + at / 12)))),
      ] as const
    );
    return [String(year), folder(trips)] as const;
  });
  const best = file({ sizeBytes: 31_000_000 / scale | 0, zeros: true }, {
    mtime: [1_600_000_000, 0],
  });
  const copy = file({ sizeBytes: 31_000_000 / scale | 0, zeros: true }, {
    mtime: [1_610_000_000, 0],
  });
  const print = file({ sizeBytes: 18_500_001 / scale | 0, zeros: true }, {
    mtime: [1_650_000_000, 0],
  });
  const reprint = file({ sizeBytes: 18_500_001 / scale | 0, zeros: true }, {
    mtime: [1_650_000_000, 0],
  });
  const album = Array.from({ length: 14 }, (_, i): readonly [string, Node] => [
    `${String(i + 1).padStart(2, "0")} Track.flac`,
    zeros(2.2e7 + random() * 1.4e7, start(2016, 5)),
  ]);
  return folder({
    photos: folder([
      ...photos,
      ["best", folder({ "panorama.tif": best, "panorama (copy).tif": copy })],
    ]),
    video: folder({
      "wedding.mov": zeros(6.4e9, start(2018, 9)),
      "school play.mp4": zeros(1.9e9, start(2022, 3)),
      "drone": folder(trip(2023, 8, 9)),
    }),
    music: folder({ "Midsummer Songs": folder(album) }),
    documents: folder({
      "tax": folder(
        Array.from({ length: 40 }, (_, i) =>
          [
            `${2012 + i % 12}-${i}.pdf`,
            zeros(2e5 + random() * 4e6, start(2013 + i % 12, 2)),
          ] as const),
      ),
      "poster.pdf": print,
      "to the printer": folder({ "poster final.pdf": reprint }),
      "letters.odt": zeros(84_000, start(2021, 11)),
    }),
    backup: folder({
      "phone-2021.tar.gz": zeros(2.7e9, start(2021, 12)),
      "mail.mbox": zeros(7.4e8, start(2024, 1)),
      "website.zip": zeros(3.1e8, start(2017, 6)),
    }),
  });
}
