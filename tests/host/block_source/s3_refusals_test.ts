import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { awsClientConfig } from "../../../host/aws/client_config.ts";
import { openSource } from "../../../host/block_source/open_source.ts";
import { setEnvironment } from "../../support/programs/environment.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const quick = { retryDelayMs: 1, countRetries: 1, timeoutMs: 5000 };
const KEYS = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" };

/** Answers each request as said, and gives the time of each as it was signed. */
async function withStore(
  answer: (response: ServerResponse, request: IncomingMessage, count: number) => void,
  use: (endpoint: string) => Promise<void>,
): Promise<void> {
  let count = 0;
  const server = createServer((request, response) => answer(response, request, ++count));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

function refuse(response: ServerResponse, status: number, code: string, headers = {}): void {
  response.writeHead(status, { "content-type": "application/xml", ...headers });
  response.end(`<Error><Code>${code}</Code><Message>as the test asked for</Message></Error>`);
}

for (
  const [status, name, code, words] of [
    [400, "ExpiredToken", "wrong-credentials", /refuses the credentials \(ExpiredToken\)\. Check/],
    [403, "InvalidAccessKeyId", "wrong-credentials", /\(InvalidAccessKeyId\)\. Check AWS_ACCESS/],
    [403, "SignatureDoesNotMatch", "wrong-credentials", /\(SignatureDoesNotMatch\)\. Check/],
    [403, "InvalidObjectState", "object-archived", /it is archived.*Restore it first/],
    [403, "AccessDenied", "url-forbidden", /does not allow it \(AccessDenied\)\. Ask for access/],
    [404, "NoSuchKey", "url-not-found", /no such file on the server \(NoSuchKey\)\. Check/],
    [418, "ImATeapot", "unreachable", /the server answered 418 \(ImATeapot\)\. Check/],
    [503, "SlowDown", "unreachable", /the server answered 503 \(SlowDown\) \(tried 2 times\)/],
  ] as const
) {
  Deno.test(`the store's code is in the message: ${name}`, async () => {
    await withStore((response) => refuse(response, status, name), async (endpoint) => {
      using _environment = setEnvironment({ ...KEYS, AWS_ENDPOINT_URL: endpoint });
      await assert.rejects(openSource("s3://vault/x.img", quick), { code, message: words });
    });
  });
}

Deno.test("a clock that is wrong is set by the store's", async () => {
  const ahead = new Date(Date.now() + 3_600_000);
  const signed: string[] = [];
  const store = (response: ServerResponse, { headers }: IncomingMessage, count: number) => {
    signed.push(String(headers["x-amz-date"]));
    const date = { date: ahead.toUTCString() };
    if (count === 1) return refuse(response, 403, "RequestTimeTooSkewed", date);
    response.writeHead(206, { ...date, "content-range": "bytes 0-9/10" }).end("0123456789");
  };
  await withStore(store, async (endpoint) => {
    using _environment = setEnvironment({ ...KEYS, AWS_ENDPOINT_URL: endpoint });
    const source = await openSource("s3://vault/x.img", quick);
    source.close();
    const [first, second] = signed;
    const hour = (text: string) => text.slice(0, "20261126T07".length);
    assert.notEqual(hour(first!), hour(second!));
    assert.equal(hour(second!), ahead.toISOString().replace(/[-:]/g, "").slice(0, 11));
  });
});

for (const endpoint of ["localhost:9000", "store.example", "ftp://store.example", "https://"]) {
  Deno.test(`an endpoint that is not an address is refused: ${endpoint}`, async () => {
    using _environment = setEnvironment({ ...KEYS, AWS_ENDPOINT_URL: endpoint });
    await assert.rejects(openSource("s3://vault/x.img", quick), {
      code: "bad-endpoint",
      message: /it is not an http or https address\. Write AWS_ENDPOINT_URL as https:\/\/HOST/,
    });
  });
}

Deno.test("a file of the credentials that is not there is named", async () => {
  using _environment = setEnvironment({
    AWS_ACCESS_KEY_ID: "",
    AWS_SECRET_ACCESS_KEY: "",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_SHARED_CREDENTIALS_FILE: "/nowhere/credentials",
    AWS_CONFIG_FILE: "/nowhere/config",
    AWS_ENDPOINT_URL: "http://127.0.0.1:1",
    AWS_WEB_IDENTITY_TOKEN_FILE: "/nowhere/token",
    AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/x",
  });
  await assert.rejects(openSource("s3://vault/x.img", quick), {
    code: "no-credentials",
    message: /\/nowhere\/token.*Check AWS_WEB_IDENTITY_TOKEN_FILE/,
  });
});

Deno.test("a profile says where its store is", async () => {
  await inTemporaryFolder((folder) => {
    const file = `${folder}/config`;
    writeFileSync(
      file,
      [
        "# comment",
        "[default]",
        "region = eu-south-1",
        "[profile vault]",
        "region = eu-west-3 # near",
        "endpoint_url = https://all.example",
        "services = own",
        "[services own]",
        "s3 =",
        "  endpoint_url = https://s3.example",
        "[profile plain]",
        "endpoint_url=http://plain.example",
        "ignore_configured_endpoint_urls = true",
      ].join("\n"),
    );
    const of = (environment: Record<string, string>) => {
      const config = awsClientConfig({}, {}, { AWS_CONFIG_FILE: file, ...environment });
      return [config.region, config.endpoint, config.forcePathStyle];
    };
    assert.deepEqual(of({}), ["eu-south-1", undefined, undefined]);
    assert.deepEqual(of({ AWS_PROFILE: "vault" }), ["eu-west-3", "https://s3.example", true]);
    const own = { AWS_PROFILE: "vault", AWS_ENDPOINT_URL: "http://own" };
    assert.deepEqual(of(own), ["eu-west-3", "http://own", true]);
    assert.deepEqual(of({ ...own, AWS_REGION: "r" }), ["r", "http://own", true]);
    assert.deepEqual(of({ AWS_PROFILE: "plain" }), [undefined, undefined, undefined]);
    assert.deepEqual(of({ AWS_PROFILE: "nobody", AWS_ENDPOINT_URL: "http://own" }), [
      ...["us-east-1", "http://own"],
      true,
    ]);
  });
});
