import assert from "node:assert/strict";
import { AllowedHosts, isLoopback, urlHost } from "../../serve/access/hosts.ts";

Deno.test("at loopback only the machine's own names are right", () => {
  const hosts = new AllowedHosts("127.0.0.1");
  for (
    const host of [
      "127.0.0.1",
      "127.0.0.1:8000",
      "localhost:1",
      "LOCALHOST.",
      "[::1]:8000",
    ]
  ) {
    assert.ok(hosts.allows(host), host);
  }
  const wrong = [
    "",
    "evil.example",
    "127.0.0.1.evil.example",
    "localhost.evil.example:80",
    "10.0.0.1",
  ];
  for (
    const host of [
      undefined,
      ...wrong,
      "127.0.0.1@evil.example",
      "localhost:99999999",
      "a b",
    ]
  ) {
    assert.ok(!hosts.allows(host), host);
  }
});

Deno.test("at all addresses any address is right, and no name that was not allowed", () => {
  const hosts = new AllowedHosts("0.0.0.0", ["photos.example"]);
  for (
    const host of [
      "192.168.1.5:80",
      "[fe80::1]:80",
      "photos.example",
      "Photos.Example:443",
    ]
  ) {
    assert.ok(hosts.allows(host), host);
  }
  assert.ok(!hosts.allows("rebound.example"));
});

Deno.test("loopback is what nobody else reaches", () => {
  for (
    const address of ["127.0.0.1", "127.9.9.9", "localhost", "::1", "[::1]"]
  ) {
    assert.ok(isLoopback(address), address);
  }
  for (const address of ["0.0.0.0", "::", "10.0.0.1", "127.evil.example"]) {
    assert.ok(!isLoopback(address), address);
  }
  assert.equal(urlHost("::1"), "[::1]");
});
