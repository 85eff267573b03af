import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { testWith } from "../../support/programs/requirements.ts";
import { makeCertificates } from "../../support/servers/certificates.ts";
import { CREDENTIALS, makeS3rver } from "../../support/servers/s3rver.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";
import { NEEDS, runDriver, RUNTIMES } from "./run_driver.ts";

interface Proxy extends AsyncDisposable {
  readonly port: number;
  /** What was asked of it: the hosts. */
  readonly asked: Set<string>;
}

/** A proxy that takes `store.test` for this machine, or one that wants a password. */
async function proxy(password?: string): Promise<Proxy> {
  const asked = new Set<string>();
  const isRefused = ({ headers }: IncomingMessage) =>
    password !== undefined && headers["proxy-authorization"] !== `Basic ${btoa(password)}`;
  const forward = (from: IncomingMessage, to: ServerResponse) => {
    asked.add(new URL(from.url!).hostname);
    if (isRefused(from)) return void to.writeHead(407).end();
    const { port, pathname, search } = new URL(from.url!);
    const { method, headers } = from;
    const far = request({ host: "127.0.0.1", port, path: pathname + search, method, headers });
    far.on("response", (answer) => {
      to.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(to);
    });
    far.on("error", () => to.destroy());
    from.pipe(far);
  };
  const server = createServer(forward).on("connect", (from: IncomingMessage, near: Socket) => {
    const [host = "", port] = from.url!.split(":");
    asked.add(host);
    near.on("error", () => near.destroy());
    if (isRefused(from)) {
      return void near.end(
        "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
      );
    }
    const far = connect(Number(port), "127.0.0.1");
    far.on("error", () => near.destroy());
    near.on("close", () => far.destroy());
    far.on("connect", () => {
      near.write("HTTP/1.1 200 Connection established\r\n\r\n");
      near.pipe(far).pipe(near);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
  };
}

for (const runtime of Object.keys(RUNTIMES)) {
  testWith(NEEDS, `objects are read and sent through a proxy under ${runtime}`, async () => {
    await inTemporaryFolder(async (folder) => {
      Deno.mkdirSync(`${folder}/s3`);
      const store = await makeS3rver(`${folder}/s3`);
      const { port } = await store.run();
      await using between = await proxy("me:secret");
      Deno.mkdirSync(`${folder}/source`);
      Deno.writeFileSync(`${folder}/source/large`, new Uint8Array(12_000_000).fill(7));
      const variables = {
        ...CREDENTIALS,
        // Only the proxy knows where it is.
        AWS_ENDPOINT_URL: `http://store.test:${port}`,
        HTTP_PROXY: `http://me:secret@127.0.0.1:${between.port}`,
      };
      const ways = [`upload:${folder}/source`, "s3://vault/backup/source.img"];
      const [sent, read] = await runDriver(runtime, ways, variables);
      assert.deepEqual(sent, { stored: true });
      assert.equal(read!.sizeBytes, Deno.statSync(`${folder}/source.img`).size);
      assert.deepEqual([...between.asked], ["store.test"]);
      await store.close();
    });
  });

  for (const scheme of ["http", "https"]) {
    testWith(
      NEEDS,
      `proxies that do not lead to ${scheme} are named under ${runtime}`,
      async () => {
        await inTemporaryFolder(async (folder) => {
          await using between = await proxy("me:secret");
          Deno.mkdirSync(`${folder}/source`);
          const url = `${scheme}://store.test:81`;
          const ways = [`${url}/x.img`, "s3://vault/x.img", `upload:${folder}/source`];
          const variable = `${scheme.toUpperCase()}_PROXY`;
          const reach = (port: number) =>
            runDriver(runtime, ways, {
              ...CREDENTIALS,
              AWS_ENDPOINT_URL: url,
              [variable]: `http://me:wrong@127.0.0.1:${port}`,
            });
          const shown = `the proxy http://127\\.0\\.0\\.1:\\d+`;
          for (const { code, message } of await reach(between.port)) {
            assert.match(
              message!,
              new RegExp(`${shown} wants a name and a password\\. .* ${variable}`),
            );
            assert.equal(code, "proxy-failed");
          }
          for (const { code, message } of await reach(1)) {
            assert.match(
              message!,
              new RegExp(`${shown} does not lead there\\. Correct ${variable}`),
            );
            assert.equal(code, "proxy-failed");
          }
        });
      },
    );
  }

  testWith(NEEDS, `NO_PROXY excepts a server under ${runtime}`, async () => {
    await inTemporaryFolder(async (folder) => {
      const { authority } = makeCertificates(folder);
      const [answer] = await runDriver(runtime, ["s3://vault/x.img"], {
        ...CREDENTIALS,
        NODE_EXTRA_CA_CERTS: authority,
        AWS_ENDPOINT_URL: "http://127.0.0.1:1",
        HTTP_PROXY: "http://127.0.0.1:2",
        NO_PROXY: "127.0.0.1",
      });
      assert.match(answer!.message!, /the server refuses connections/);
    });
  });
}
