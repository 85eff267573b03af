/**
 * Connections on which nothing was asked for yet, or nothing more: each is closed after a while, so
 * that half a request holds nothing up. The runtimes' own limits also end slow answers.
 * @module
 */

import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { clearTimeout, setTimeout } from "node:timers";

/** Closes connections of a server that have been silent, or talked without asking, for so long. */
export function closeUnasked(server: Server, afterMs: number): void {
  const timers = new WeakMap<Socket, ReturnType<typeof setTimeout>>();
  const wait = (socket: Socket) => {
    clearTimeout(timers.get(socket));
    timers.set(socket, setTimeout(() => socket.destroy(), afterMs).unref());
  };
  server.headersTimeout = 0;
  server.requestTimeout = 0;
  server.on("connection", (socket: Socket) => {
    wait(socket);
    socket.on("close", () => clearTimeout(timers.get(socket)));
  });
  server.on("request", ({ socket }: { socket: Socket }, response: ServerResponse) => {
    clearTimeout(timers.get(socket));
    response.on("close", () => socket.destroyed || wait(socket));
  });
}
