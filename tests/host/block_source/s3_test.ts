import assert from "node:assert/strict";
import type { HostBlockSource, SourceOptions } from "../../../host/block_source/block_source.ts";
import { openSource } from "../../../host/block_source/open_source.ts";
import { clientConfig } from "../../../host/block_source/s3_server.ts";
import { setEnvironment } from "../../support/programs/environment.ts";
import { s3Store } from "../../support/servers/s3_store.ts";
import { pattern } from "../../support/trees/source_folder.ts";

const image = pattern(1_000_000, 3);
const quick: SourceOptions = { retryDelayMs: 1, countRetries: 1, timeoutMs: 5000 };

async function bytesOf(source: HostBlockSource, start: number, end: number): Promise<Uint8Array> {
  const into = new Uint8Array(end - start);
  await source.read(start, into);
  return into;
}

Deno.test("an object in S3 is read by ranges, the first request bringing size and head", async () => {
  await using store = await s3Store();
  await store.put("a/b c.img", image);
  const source = await openSource("s3://vault/a/b c.img", quick);
  assert.equal(source.sizeBytes, image.length);
  assert.deepEqual(await bytesOf(source, 0, 200_000), image.subarray(0, 200_000));
  assert.deepEqual(await bytesOf(source, 300_000, 900_000), image.subarray(300_000, 900_000));
  assert.equal(store.countReads, 2);
  source.close();
});

Deno.test("an object that is replaced while it is read is an error, not garbage", async () => {
  await using store = await s3Store();
  await store.put("x.img", image);
  const source = await openSource("s3://vault/x.img", quick);
  await store.put("x.img", pattern(1_000_000, 9));
  await assert.rejects(bytesOf(source, 300_000, 300_100), { code: "image-changed" });
  source.close();
});

Deno.test("what is wrong with an address in S3 is said, each in its own words", async () => {
  await using store = await s3Store();
  await store.put("x.img", image);
  for (
    const [address, code, words] of [
      ["s3://vault/nothing.img", "url-not-found", /there is no such file on the server/],
      ["s3://nowhere/x.img", "url-not-found", /there is no such bucket/],
      ["s3://vault", "bad-url", /it names no object\. Write it as s3:/],
      ["s3://vault/", "bad-url", /it names no object/],
    ] as const
  ) {
    await assert.rejects(openSource(address, quick), { code, message: words }, address);
  }
  using _environment = setEnvironment({ AWS_ACCESS_KEY_ID: "SOMEBODY" });
  await assert.rejects(openSource("s3://vault/x.img", quick), {
    code: "wrong-credentials",
    message: /the store refuses the credentials \(InvalidAccessKeyId\)\. Check AWS_ACCESS_KEY_ID/,
  });
});

Deno.test("a store that is not there is said to refuse connections", async () => {
  const store = await s3Store();
  const { environment } = store;
  await store[Symbol.asyncDispose]();
  using _environment = setEnvironment(environment);
  await assert.rejects(openSource("s3://vault/x.img", quick), {
    code: "unreachable",
    message: /^cannot read s3:\/\/vault\/x\.img: the server refuses connections \(tried 2 times\)/,
  });
});

Deno.test("region, endpoint and form of the address come from the usual variables", () => {
  const common = { followRegionRedirects: true, maxAttempts: 1 };
  const cases: [Record<string, string>, Record<string, unknown>][] = [
    [{}, {}],
    [{ AWS_DEFAULT_REGION: "eu-west-1" }, { region: "eu-west-1" }],
    [{ AWS_REGION: "eu-north-1", AWS_DEFAULT_REGION: "eu-west-1" }, { region: "eu-north-1" }],
    [{ AWS_ENDPOINT_URL: "http://s" }, {
      endpoint: "http://s",
      forcePathStyle: true,
      region: "us-east-1",
    }],
    [{ AWS_ENDPOINT_URL: "http://s", AWS_ENDPOINT_URL_S3: "http://t", AWS_REGION: "r" }, {
      endpoint: "http://t",
      forcePathStyle: true,
      region: "r",
    }],
  ];
  for (const [environment, expected] of cases) {
    const { responseChecksumValidation: _, ...config } = clientConfig(environment);
    assert.deepEqual(config, { ...common, ...expected });
  }
});

Deno.test("without credentials there is a word on where to put them", async () => {
  await using store = await s3Store();
  await store.put("x.img", image);
  using _environment = setEnvironment({
    AWS_ACCESS_KEY_ID: "",
    AWS_SECRET_ACCESS_KEY: "",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_SHARED_CREDENTIALS_FILE: "/nowhere/credentials",
    AWS_CONFIG_FILE: "/nowhere/config",
  });
  await assert.rejects(openSource("s3://vault/x.img", quick), {
    code: "no-credentials",
    message: /no credentials were found\. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY/,
  });
});
