/** HOSTILE-TESTS 8.1: which certificates are good enough, beyond a name and an authority. */
import { createServer } from "node:tls";
import type { Server } from "node:tls";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { HostNetwork } from "../../../../hal/host/network.js";
import { DEAF } from "../../../../hal/host/socket.js";
import { createCertificate } from "./certificate.js";
import type { Wish } from "./certificate.js";

const NAME = "ex.test";
const servers: Server[] = [];

afterEach(() => servers.splice(0).forEach((server) => server.close()));

/** "open", or why not, of a certificate that is trusted as it is. The server shows any. */
async function meet(wish: Omit<Wish, "name" | "ca">): Promise<string> {
  const pair = await createCertificate({ name: NAME, ...wish });
  const server = createServer({ ...pair, ciphers: "ALL:@SECLEVEL=0" }, (socket) => {
    socket.on("error", () => {});
    socket.resume();
  });
  server.on("tlsClientError", () => {});
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const network = new HostNetwork({ ca: [pair.cert] });
  const said = await new Promise<string>((resolve) => network.connect(
    { host: "127.0.0.1", port, secure: true, name: NAME },
    { ...DEAF, onOpen: () => resolve("open"), onClosed: resolve },
  ));
  await network.closeAll(1000);
  return said;
}

test("an RSA key of 2,048 bits, or an elliptic one of 256, is enough", async () => {
  expect(await meet({ rsaBits: 2048 })).toBe("open");
  expect(await meet({})).toBe("open");
});

test("a weak key is refused", async () => {
  expect(await meet({ rsaBits: 1024 })).toMatch(/key too (weak|small)/);
});

test("a name in the common name alone is none", async () => {
  expect(await meet({ isBare: true })).toMatch(/names no host/);
});
