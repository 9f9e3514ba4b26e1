/**
 * A board without an account on the real interpreter, with the files that are shipped: it loads
 * the rendezvous from Storage, finds a provisioner on Node, multiplies, is handed an account of a
 * real XMPP server over TLS, comes online with it, and is still commissioned after a power cut.
 */
import { generate } from "selfsigned";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "../../../build/bundle.js";
import { Board, type Run } from "../../../build/measure/board.js";
import { ROOM, boot } from "../../../build/measure/bundle.js";
import { Door, PARTS } from "../../../commission/door.js";
import { type Server, startServer } from "../../../demo/server.js";
import { ANY, type Description, Suite } from "../../../firmware/rendezvous/description.js";
import type { ExistingListener } from "../../../firmware/rendezvous/existing.js";
import { Status } from "../../../firmware/rendezvous/framing.js";
import { CodeProof } from "../../../firmware/rendezvous/secret.js";
import { Stage } from "../../../firmware/rendezvous/stage.js";
import { generatorOf } from "../../../flash/generator.js";
import { Air } from "../../../hal/host/air.js";
import { ESPRUINO } from "./interpreter.js";

const CODE = "1XNDP3WW3";
const DEVICE_ID = "18B4300400001234";
const DOMAIN = "localhost";
const LIMIT_MS = 120000;
const HOME = { ssid: "Home", passphrase: "long enough", port: 0 };

describe.skipIf(!ESPRUINO)("a new board on Espruino", () => {
  let board: Board;
  let server: Server;
  let door: Door;
  let run: Run;
  const seen: Description[] = [];
  const gone: Status[] = [];
  let code = "000000000";

  const listener: ExistingListener = {
    admit: (joiner) => new CodeProof(
      PARTS.field, generatorOf(code, joiner.deviceId), "", PARTS.random),
    onVisit: () => undefined,
    onDescribed: (joiner) => {
      seen.push(joiner);
      door.provision({
        ssid: HOME.ssid, passphrase: HOME.passphrase, jid: `thing@${DOMAIN}`, password: "secret",
        host: "127.0.0.1", port: server.tlsPort, secure: true, provisioning: "", owner: "",
      });
    },
    onTrying: () => undefined,
    onGone: (_joiner, why) => void gone.push(why),
    onEnd: () => undefined,
  };

  beforeAll(async () => {
    const { built, parts } = await build();
    board = new Board(ESPRUINO);
    await board.store(boot(built.find((each) => each.board === "linux")!, ROOM, parts));
    const pems = await generate([{ name: "commonName", value: DOMAIN }], { keySize: 2048 });
    server = await startServer({
      domain: DOMAIN, accounts: { thing: "secret" },
      tls: { key: pems.private, cert: pems.cert },
    });
    door = new Door({
      criteria: { vendor: ANY, product: ANY, modes: 0, suites: Suite.Code }, deviceId: "",
      name: "test", listen: { host: "127.0.0.1", port: 0 }, air: new Air(board.folder),
    }, listener);
    await door.open();
    board.settle({
      identity: {
        vendor: 0xfff1, product: 1, revision: 1, deviceId: DEVICE_ID, serial: "SN-1",
        generator: Buffer.from(generatorOf(CODE, DEVICE_ID), "latin1").toString("base64"),
      },
      networks: [{ ssid: door.ssid, passphrase: "", port: door.port }, HOME],
    });
  }, LIMIT_MS);

  afterAll(async () => {
    await run?.kill();
    await door?.close();
    await server?.close();
    board?.remove();
  });

  test("does not prove itself to a network that does not know its code", async () => {
    run = board.powerOn();
    await run.until(new RegExp(`joiner ${Stage.Proving} `));
    await run.until(new RegExp(`joiner ${Stage.Scanning} ${Status.Auth} `));
    expect(seen).toEqual([]);
    await expect.poll(() => gone).toEqual([Status.Auth]);
  }, LIMIT_MS);

  test("and to the one that knows it, it does, and has a network and an account", async () => {
    code = CODE;
    run.type("board.press(200)");
    await run.until(new RegExp(`joiner ${Stage.Secured} `));
    await run.until(new RegExp(`online thing@${DOMAIN}/`));
    await run.until(new RegExp(`joiner ${Stage.Done} `));
    expect(seen.map(({ deviceId, serial }) => [deviceId, serial])).toEqual([[DEVICE_ID, "SN-1"]]);
  }, LIMIT_MS);

  test("which it still has after a power cut, without the rendezvous", async () => {
    await run.kill();
    run = board.powerOn();
    await run.until(new RegExp(`online thing@${DOMAIN}/`));
    expect(run.text).not.toContain("joiner");
    expect(run.text).not.toMatch(/Uncaught|fault:/);
  }, LIMIT_MS);
});
