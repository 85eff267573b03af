import assert from "node:assert/strict";
import {
  besideLocation,
  isRemote,
  nameOfLocation,
  shownLocation,
  withShownLocations,
} from "../../../host/block_source/location.ts";

const SHOWN: readonly (readonly [string, string])[] = [
  ["https://bob:hunter2@h/r.img?X-Sig=topsig#there", "https://h/r.img?…"],
  ["https://h/r.img", "https://h/r.img"],
  ["http://bob:hun/ter2@h/r.img", "http://h/r.img"],
  ["http://bob:hun?ter2@h/r.img", "http://h/r.img"],
  ["s3://vault/my photos?.img", "s3://vault/my photos?.img"],
  ["s3://id:secret@vault/a@b.img", "s3://vault/a@b.img"],
  ["s3://id:sec/ret@vault/a.img", "s3://vault/a.img"],
  ["ftp://bob:hunter2@h/r.img", "ftp://h/r.img"],
  ["https:/bob:hunter2@h/r.img?sig=1", "https:/h/r.img?…"],
  ["/home/me/ftp:/bob:hun ter2@h/r.img", "/home/me/ftp:/h/r.img"],
  ["http://[::1]:80/a@b.img", "http://[::1]:80/a@b.img"],
  ["http://h:8080/a@b.img", "http://h:8080/a@b.img"],
  ["vault:/srv@x/what?.img", "vault:/srv@x/what?.img"],
  ["/backup/a?b@c\n.img", "/backup/a?b@c\\n.img"],
];

for (const [location, shown] of SHOWN) {
  Deno.test(`${JSON.stringify(location)} is shown without secrets`, () => {
    assert.equal(shownLocation(location), shown);
  });
}

Deno.test("URLs in a text are shown without secrets, and nothing else is changed", () => {
  const text =
    "cannot read `https://bob:pw@h/r.img?sig=1`: see https://h/help. Or a@b?c.";
  assert.equal(
    withShownLocations(text),
    "cannot read `https://h/r.img?…`: see https://h/help. Or a@b?c.",
  );
});

const NAMED: readonly (readonly [string, string, string])[] = [
  ["https://h/a/100%.img", "100%.img", "https://h/a/100%.img.sha512"],
  [
    "https://h/my%20photos.img?sig=1",
    "my photos.img",
    "https://h/my%20photos.img.sha512?sig=1",
  ],
  [
    "s3://vault/2024/my photos.img",
    "my photos.img",
    "s3://vault/2024/my photos.img.sha512",
  ],
  ["s3://vault/what?.img", "what?.img", "s3://vault/what?.img.sha512"],
  ["s3://vault/a#b%41.img", "a#b%41.img", "s3://vault/a#b%41.img.sha512"],
  ["backup/a.img", "a.img", "backup/a.img.sha512"],
];

for (const [location, name, beside] of NAMED) {
  Deno.test(`${location} has a name, and a place beside it`, () => {
    assert.equal(nameOfLocation(location), name);
    assert.equal(besideLocation(location, ".sha512"), beside);
  });
}

Deno.test("a text in which URLs are shown already stays as it is", () => {
  const text =
    "cannot read https://h/r.img?…: gone (see https://h/?…). Read https://h/r.img?….";
  assert.equal(withShownLocations(text), text);
});

Deno.test("a colour that ends behind a URL stays", () => {
  assert.equal(
    withShownLocations("\x1b[3mhttp://a:b@h/x\x1b[0m."),
    "\x1b[3mhttp://h/x\x1b[0m.",
  );
});

Deno.test("what begins with a known scheme is on a server", () => {
  for (const it of ["http://h/x", "HTTPS://h/x", "s3://b/k"]) {
    assert.equal(isRemote(it), true, it);
  }
  for (const it of ["a/http://h", "file:///x", "s3:/b/k", ""]) {
    assert.equal(isRemote(it), false, it);
  }
});
