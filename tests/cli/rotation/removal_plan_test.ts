import assert from "node:assert/strict";
import fc from "fast-check";
import { type FoundImage, judged } from "../../../cli/rotation/image_folder.ts";
import { originOf } from "../../../cli/rotation/image_origin.ts";
import { nextImage } from "../../../cli/rotation/next_image.ts";
import { removalOrder } from "../../../cli/rotation/removal_plan.ts";
import { DAY_MS, first, image, type Kind, nameOf, of, plan, reasonsOf } from "./images_of_days.ts";

Deno.test("what a kept image lies on stays, and what nothing lies on goes", () => {
  const images = [image(0), image(1, 0), image(2, 1), image(3, 0), image(4)];
  assert.deepEqual(reasonsOf(images, { last: 1 }), [[], [], [], [], ["last", "newest verified"]]);
  const upTo3 = images.slice(0, 4);
  assert.deepEqual(reasonsOf(upTo3, { last: 1 }), [
    ["others lie on it"],
    [],
    [],
    ["last", "newest verified"],
  ]);
  assert.deepEqual(removalOrder(plan(upTo3, { last: 1 })).map(({ name }) => name), [
    nameOf(2),
    nameOf(1),
  ]);
});

Deno.test("what cannot be relied on is counted by no rule, and stays until somebody decides", () => {
  const images = [image(0), image(1, 0, "damaged"), image(2, 1), image(3, 9), image(4)];
  assert.deepEqual(judged(images).map(({ broken }) => broken?.replace(/srv\S+img/, "…")), [
    undefined,
    "damaged when it was verified: see icecore verify",
    "lies on …, which cannot be relied on",
    "lies on …, which is missing",
    undefined,
  ]);
  const decide = ["for you to decide"];
  assert.deepEqual(reasonsOf(images, { last: 2 }), [
    ["last", "others lie on it"],
    ["for you to decide", "others lie on it"],
    decide,
    decide,
    ["last", "newest verified"],
  ]);
  assert.deepEqual(
    reasonsOf(images, { last: 2 }, { broken: true }).map((each) => each.length > 0),
    [true, false, false, false, true],
  );
});

Deno.test("nothing broken goes while no verified image is newer, nor what nobody could look at", () => {
  assert.deepEqual(reasonsOf([image(0), image(1, 7)], { last: 1 }, { broken: true }), [
    ["last", "newest verified"],
    ["for you to decide"],
  ]);
  assert.deepEqual(
    reasonsOf([image(0, undefined, "unseen"), image(1)], { last: 1 }, {
      broken: true,
    })[0],
    ["for you to decide"],
  );
});

Deno.test("while it cannot be known what a kept image lies on, nothing older goes", () => {
  const unreadable = { ...image(2, undefined, "unreadable") };
  // Without note and record it is not known to be ours; it may lie on others all the same.
  const images = [image(0), image(1), unreadable, image(3), image(4)];
  const why = `${nameOf(2)} cannot be read, and may lie on it`;
  assert.deepEqual(reasonsOf(images, { last: 1 }), [
    [why],
    [why],
    ["not known to be icecore's"],
    [],
    ["last", "newest verified"],
  ]);
});

Deno.test("the newest image without losses stays, and what was not verified yet", () => {
  const images = [image(0), image(1), image(2, undefined, "lossy"), image(3, 2, "unverified")];
  assert.deepEqual(reasonsOf(images, { last: 1 }), [
    [],
    ["newest without losses"],
    ["last", "newest verified", "others lie on it"],
    ["not verified yet"],
  ]);
});

Deno.test("each series is counted for itself; other names and other files stay", () => {
  const foreign = { name: nameOf(5), location: "/b/x", sizeBytes: 1 };
  const other = { ...image(0), name: "srv.img" };
  const images = [image(0), image(1), image(0, undefined, "verified", "home"), other, {
    ...foreign,
    face: { uuid: "x", hasRecord: false },
  }];
  const shown = plan(images, { last: 1 }).map(({ image, reasons }) => [image.name, ...reasons]);
  assert.deepEqual(
    shown.sort(),
    [
      [nameOf(0, "home"), "last", "newest verified"],
      [nameOf(0)],
      [nameOf(1), "last", "newest verified"],
      [nameOf(5), "not known to be icecore's"],
      ["srv.img", "no date in its name"],
    ].sort(),
  );
  const only = plan(images, { last: 1 }, { series: "home" });
  assert.equal(only.filter(({ reasons }) => reasons.length === 0).length, 0);
});

Deno.test("an image that lies on another than the one of that name cannot be relied on", () => {
  const images = [image(0), image(1, 0)];
  const swapped = [
    { ...images[0]!, face: { ...images[0]!.face!, ownDigest: "other" } },
    images[1]!,
  ];
  assert.match(judged(swapped)[1]!.broken ?? "", /is not the one here$/);
});

Deno.test("images that lie on each other in a circle end no search, and stay", () => {
  const images = judged([image(0, 1), image(1, 0), image(2)]);
  const decisions = images.map((image) => ({ image, reasons: [] }));
  assert.deepEqual(removalOrder(decisions).map(({ name }) => name), [nameOf(2)]);
});

const kinds: Kind[] = ["verified", "unverified", "damaged", "unseen", "unreadable", "lossy"];
const folders = fc.array(
  fc.record({
    kind: fc.constantFrom("verified", "verified", "verified", ...kinds),
    on: fc.option(fc.nat(20), { nil: undefined }),
  }),
  { maxLength: 25 },
);

Deno.test("whatever is in a folder: no kept image loses what it lies on, and the newest stays", () => {
  fc.assert(fc.property(
    folders,
    fc.integer({ min: 1, max: 4 }),
    fc.boolean(),
    (folder, last, broken) => {
      const images = folder.map(({ kind, on }, day) =>
        image(day, on !== undefined && on < day ? on : undefined, kind)
      );
      const decisions = plan(images, { last }, { broken });
      const gone = new Set(removalOrder(decisions).map(({ name }) => name));
      for (const { image } of decisions) {
        if (!gone.has(image.name)) assert.ok(!gone.has(image.baseName ?? ""), image.name);
      }
      const verified = judged(images).filter(({ isVerified }) => isVerified);
      for (const each of verified.slice(-last)) assert.ok(!gone.has(each.name));
      for (const each of judged(images)) {
        if (each.broken !== undefined && !broken) assert.ok(!gone.has(each.name));
      }
      // At any moment in between as well: whoever is cut off leaves no image without its base.
      const there = new Set(images.map(({ name }) => name));
      for (const name of removalOrder(decisions)) {
        there.delete(name.name);
        for (const { image } of decisions) {
          const needs = image.baseName ?? "";
          if (there.has(image.name) && gone.has(needs)) assert.ok(there.has(needs));
        }
      }
    },
  ));
});

Deno.test("the next image lies on the newest verified one until the chain is full", () => {
  const next = (images: readonly FoundImage[], every: number) =>
    nextImage(
      judged(images),
      { series: "srv", origin: originOf({ sources: ["/srv"] }) },
      first + 9 * DAY_MS,
      every,
      () => false,
    ).base?.name;
  const chain = [image(0), image(1, 0), image(2, 1)];
  assert.equal(next(chain, 4), nameOf(2));
  assert.equal(next(chain, 3), undefined);
  assert.equal(next(chain, 1), undefined);
  assert.equal(next([...chain, image(3, 2, "damaged")], 4), nameOf(2));
  assert.equal(next([image(0), image(1, 0, "unverified")], 4), nameOf(0));
  assert.equal(next([image(0, undefined, "damaged"), image(1, 0)], 4), undefined);
  assert.equal(next([], 4), undefined);
  assert.equal(next([image(0), image(20)], 4), nameOf(0), "one of the future is not a base");
  assert.equal(next([image(0), of(image(1), { sources: ["/other"] })], 4), nameOf(0));
});
