import { connect } from "node:net";
import type { Socket as NodeSocket } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { Port, Socket, SocketListener } from "../../../../hal/hal.js";
import { HostServer } from "../../../../hal/host/server.js";

const ports: Port[] = [];
const clients: NodeSocket[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
  for (const client of clients.splice(0)) client.destroy();
});

/** Says back what it hears, in capitals. */
class Echo implements SocketListener {
  heard = "";
  closed = "";
  constructor(readonly socket: Socket) {}
  onOpen(): void { throw new Error("it was open already"); }
  onBytes(bytes: string): void {
    this.heard += bytes;
    this.socket.write(bytes.replace(/[a-z]/g, (each) => each.toUpperCase()));
  }
  onDrain(): void {}
  onClosed(why: string): void { this.closed = why; }
}

async function serve(server: HostServer) {
  const echoes: Echo[] = [];
  const opened = server.opened();
  ports.push(server.listen(11096, { accept: (socket) => {
    const echo = new Echo(socket);
    echoes.push(echo);
    return echo;
  } }));
  return { echoes, port: await opened };
}

function call(port: number) {
  const client = connect(port, "127.0.0.1");
  clients.push(client);
  const call = { client, heard: "", isGone: false };
  client.on("error", () => {});
  client.on("data", (bytes) => { call.heard += bytes.toString("latin1"); });
  client.on("close", () => { call.isGone = true; });
  return call;
}

const soon = (isSo: () => boolean) => expect.poll(isSo).toBe(true);

test("who connects is heard and answered, octet for octet", async () => {
  let events = 0;
  const server = new HostServer({ port: 0, onEvent: () => { events++; } });
  const { echoes, port } = await serve(server);
  expect(server.port).toBe(port);
  const one = call(port);
  const two = call(port);
  one.client.write(Buffer.from("a\xff", "latin1"));
  two.client.write("b");
  await soon(() => one.heard === "A\xff" && two.heard === "B");
  expect(echoes.map(({ heard }) => heard).sort()).toEqual(["a\xff", "b"]);
  expect(events).toBeGreaterThan(3);
  one.client.end();
  await soon(() => echoes.some(({ closed }) => closed !== ""));
});

test("a port that is closed takes nobody more, and keeps whom it has", async () => {
  const server = new HostServer({ port: 0 });
  const { port } = await serve(server);
  const one = call(port);
  one.client.write("a");
  await soon(() => one.heard === "A");
  ports.pop()!.close();
  expect(server.port).toBe(0);
  const two = call(port);
  await soon(() => two.isGone);
  one.client.write("b");
  await soon(() => one.heard === "AB");
  await server.closeAll(2000);
  await soon(() => one.isGone);
});

test("a port that is taken is told", async () => {
  const { port } = await serve(new HostServer({ port: 0 }));
  const other = new HostServer({ port });
  const opened = other.opened();
  ports.push(other.listen(11096, { accept: () => { throw new Error("nobody comes"); } }));
  await expect(opened).rejects.toMatchObject({ code: "EADDRINUSE" });
  expect(other.port).toBe(0);
});
