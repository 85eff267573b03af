import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer as createPlainServer } from "node:http";
import { createServer, type ServerOptions } from "node:https";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { testWith } from "../../support/programs/requirements.ts";
import {
  type Certificate,
  type Certificates,
  makeCertificates,
} from "../../support/servers/certificates.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";
import { NEEDS, runDriver, RUNTIMES } from "./run_driver.ts";

interface Running extends AsyncDisposable {
  readonly port: number;
}

/** Answers each request as a store answers one for a range of 10 bytes. */
async function serve(options?: ServerOptions): Promise<Running> {
  const answer = (_request: unknown, response: import("node:http").ServerResponse) => {
    response.writeHead(206, { "content-range": "bytes 0-9/10", etag: '"1"' }).end("0123456789");
  };
  const server = options === undefined
    ? createPlainServer(answer)
    : createServer(options, answer).on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
  };
}

/** A server of before 2008. */
async function serveOldTls({ cert, key }: Certificate, folder: string): Promise<Running> {
  Deno.writeTextFileSync(`${folder}/old.pem`, cert + key);
  const child = spawn("openssl", [
    ...["s_server", "-accept", "127.0.0.1:0", "-cert", `${folder}/old.pem`],
    ...["-tls1_1", "-cipher", "ALL:@SECLEVEL=0", "-www"],
  ], { stdio: ["pipe", "pipe", "ignore"] });
  let said = "";
  for await (const piece of child.stdout) {
    said += piece;
    if (/ACCEPT \S*:\d+/.test(said)) break;
  }
  const port = Number(/ACCEPT \S*:(\d+)/.exec(said)![1]);
  return {
    port,
    async [Symbol.asyncDispose]() {
      const ended = once(child, "exit");
      process.kill(child.pid!);
      await ended;
    },
  };
}

interface Case {
  readonly serve: (certificates: Certificates, folder: string) => Promise<Running>;
  readonly scheme?: "http";
  /** Whether the authority is made known. */
  readonly trusts: boolean;
  readonly code?: string;
  readonly says?: RegExp;
}

const CASES: Readonly<Record<string, Case>> = {
  "a known authority": { serve: ({ good }) => serve(good), trusts: true },
  "an unknown authority": {
    serve: ({ good }) => serve(good),
    trusts: false,
    code: "bad-certificate",
    says: /certificate is not of an authority that is trusted here\. Name a .* NODE_EXTRA_CA_CERTS/,
  },
  "a certificate that has expired": {
    serve: ({ expired }) => serve(expired),
    trusts: true,
    code: "bad-certificate",
    says:
      /certificate has expired on 2021-01-01\. Have it renewed, and look at this machine's clock/,
  },
  "a certificate of the future": {
    serve: ({ future }) => serve(future),
    trusts: true,
    code: "bad-certificate",
    says: /certificate is not valid yet before 2098-01-01\. Look at this machine's clock/,
  },
  "a certificate of another name": {
    serve: ({ otherName }) => serve(otherName),
    trusts: true,
    code: "bad-certificate",
    says: /certificate is not for 127\.0\.0\.1 but for other\.example\. Use a name that it is for/,
  },
  "a server that wants a certificate": {
    serve: ({ good, authority }) =>
      serve({
        ...good,
        requestCert: true,
        rejectUnauthorized: true,
        ca: Deno.readTextFileSync(authority),
      }),
    trusts: true,
    code: "client-certificate",
    says: /the server wants a certificate of its clients.*\. Use a proxy that has one, or .* curl/,
  },
  "https where http is spoken": {
    serve: () => serve(),
    trusts: true,
    code: "wrong-scheme",
    says: /the server speaks http on that port, and not https\. Write the address with http:/,
  },
  "http where https is spoken": {
    serve: ({ good }) => serve(good),
    scheme: "http",
    trusts: true,
    code: "wrong-scheme",
    says: /the server speaks https on that port, and not http\. Write the address with https:/,
  },
  "a server that speaks TLS 1.1": {
    serve: ({ good }, folder) => serveOldTls(good, folder),
    trusts: true,
    code: "tls-failed",
    says:
      /ends the connection while TLS begins: it may speak nothing newer than TLS 1\.1.*\. Look at/,
  },
};

for (const runtime of Object.keys(RUNTIMES)) {
  for (const [what, { serve, scheme = "https", trusts, code, says }] of Object.entries(CASES)) {
    testWith(NEEDS, `${what}, read and sent to under ${runtime}`, async () => {
      await inTemporaryFolder(async (folder) => {
        const certificates = makeCertificates(folder);
        await using server = await serve(certificates, folder);
        const url = `${scheme}://127.0.0.1:${server.port}`;
        const variables = {
          AWS_ENDPOINT_URL: url,
          AWS_ACCESS_KEY_ID: "a",
          AWS_SECRET_ACCESS_KEY: "b",
          ...(trusts && { NODE_EXTRA_CA_CERTS: certificates.authority }),
        };
        Deno.mkdirSync(`${folder}/source`);
        const ways = [`${url}/x.img`, "s3://vault/x.img"];
        if (code !== undefined) ways.push(`upload:${folder}/source`);
        for (const answer of await runDriver(runtime, ways, variables)) {
          if (code === undefined) assert.deepEqual(answer, { sizeBytes: 10 });
          else {
            assert.equal(answer.code, code, answer.message);
            assert.match(answer.message!, says!);
          }
        }
      });
    });
  }

  testWith(NEEDS, `AWS_CA_BUNDLE makes an authority known for S3 under ${runtime}`, async () => {
    await inTemporaryFolder(async (folder) => {
      const certificates = makeCertificates(folder);
      await using server = await serve(certificates.good);
      const variables = {
        AWS_ENDPOINT_URL: `https://localhost:${server.port}`,
        AWS_ACCESS_KEY_ID: "a",
        AWS_SECRET_ACCESS_KEY: "b",
      };
      const read = (bundle: string) =>
        runDriver(runtime, ["s3://vault/x.img"], { ...variables, AWS_CA_BUNDLE: bundle });
      assert.deepEqual(await read(certificates.authority), [{ sizeBytes: 10 }]);
      const [answer] = await read("/nowhere.pem");
      assert.equal(answer?.code, "bad-certificate-file");
      assert.match(
        answer!.message!,
        /the certificates in \/nowhere\.pem: .*\. Correct AWS_CA_BUNDLE/,
      );
    });
  });
}
