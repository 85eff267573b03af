import assert from "node:assert/strict";
import { parseAddress } from "../../../plugins/ssh/address.ts";

Deno.test("addresses are a host and a folder, never an option", () => {
  const parsed = (text: string) => Object.values(parseAddress(text)).join(" ");
  assert.equal(parsed("vault:/srv/backup/"), "vault /srv/backup");
  assert.equal(parsed("me@vault:"), "me@vault .");
  assert.equal(parsed("vault:~/a b"), "vault a b");
  assert.equal(parsed("vault:-x"), "vault ./-x");
  assert.equal(parsed("me@[::1]:/srv"), "me@::1 /srv");
  for (
    const text of ["vault", "/srv/x", "-oProxyCommand=x:/srv", ":x", "a b:/x"]
  ) {
    assert.throws(
      () => parseAddress(text),
      /Write ssh\.to as \[USER@\]HOST:FOLDER/,
      text,
    );
  }
});
