/**
 * What no rule removes, whatever is in the folder, and whatever the clock says.
 */

import assert from "node:assert/strict";
import { originOf } from "../../../cli/rotation/image_origin.ts";
import { DAY_MS, first, image, nameOf, of, reasonsOf, verifiedSince } from "./images_of_days.ts";

Deno.test("two machines, or two folders of one name, do not push out each other's images", () => {
  const images = [
    image(0),
    of(image(1), { sources: ["/home/srv"] }),
    of(image(2), { host: "other" }),
    of(image(3), { host: "other" }),
  ];
  const newest = ["last", "newest verified"];
  assert.deepEqual(reasonsOf(images, { last: 1 }), [newest, newest, [], newest]);
  // The rules of one job are not those of another.
  const origin = originOf({ host: "other", sources: ["/srv"] });
  const others = ["of other sources"];
  assert.deepEqual(
    reasonsOf(images, { last: 1 }, { series: "srv", origin }),
    [others, others, [], newest],
  );
});

Deno.test("a verification's note makes nothing icecore's", () => {
  const foreign = { uuid: "x", hasRecord: false };
  const images = [
    { ...verifiedSince(image(0)), face: foreign },
    verifiedSince(image(1, undefined, "damaged")),
    image(2),
    image(3),
  ].map((each, day) => {
    const { face, ...rest } = each;
    return day === 1 ? { ...rest, unreadable: "no image" } : { ...rest, ...face && { face } };
  });
  const reasons = reasonsOf(images, { last: 1 }, { broken: true });
  // The second cannot be read, and its note does not say what it lies on.
  const foreigners = "not known to be icecore's";
  assert.deepEqual(reasons, [
    [foreigners, `${nameOf(1)} cannot be read, and may lie on it`],
    [foreigners],
    [],
    ["last", "newest verified"],
  ]);
});

Deno.test("where a note was lost, the newest image stays that is known to be without losses", () => {
  const unknown = [image(1), image(2)].map(verifiedSince);
  const same = unknown.map(({ note, ...each }) =>
    of({ ...each, note: note! }, {
      taken: image(1).note!.taken!,
      sources: ["/srv"],
    })
  );
  assert.deepEqual(reasonsOf([image(0), ...same], { last: 1 }), [
    ["newest without losses"],
    [],
    ["last", "newest verified"],
  ]);
});

Deno.test("what is dated in the future stays, and counts for nothing", () => {
  const images = [image(0), image(1), image(2), image(3000)];
  const nowMs = first + 3 * DAY_MS;
  assert.deepEqual(reasonsOf(images, { last: 1 }, { nowMs }), [
    [],
    [],
    ["last", "newest verified"],
    ["its date is yet to come"],
  ]);
  // A clock that is back in 1970 finds nothing but such images.
  assert.ok(reasonsOf(images, { last: 1 }, { nowMs: 0 }).every((each) => each.length > 0));
});

Deno.test("a link is neither counted nor removed, and what it leads to stays", () => {
  const link = { ...image(5), linkedTo: nameOf(1) };
  assert.deepEqual(reasonsOf([image(0), image(1, 0), image(2), image(3), link], { last: 1 }), [
    ["others lie on it"],
    [`${nameOf(5)} is a link to it`],
    [],
    ["last", "newest verified"],
    ["a link"],
  ]);
});

Deno.test("what an image lies on stays under another name as well", () => {
  const renamed = { ...image(0), name: nameOf(0, "old"), location: "/b/old" };
  const later = { ...image(3), name: nameOf(3, "old"), location: "/b/later" };
  assert.deepEqual(reasonsOf([renamed, image(1, 0), later], { last: 1 }), [
    ["others lie on it"],
    ["for you to decide"],
    ["last", "newest verified"],
  ]);
});

Deno.test("what lies on an image that nobody could look at is not taken for damaged", () => {
  const images = [image(0, undefined, "unseen"), image(1, 0), image(2)];
  assert.deepEqual(reasonsOf(images, { last: 1 }, { broken: true }).slice(0, 2), [
    ["for you to decide", "others lie on it"],
    ["for you to decide"],
  ]);
});

Deno.test("the image that was just built stays, whatever the clock says", () => {
  const images = [image(0), image(1), image(2)];
  const built = nameOf(0);
  assert.deepEqual(reasonsOf(images, { last: 1 }, { built })[0], ["just built"]);
});
