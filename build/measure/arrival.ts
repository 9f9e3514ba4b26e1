/**
 * What happens to a board that has no account, on the interpreter: it waits, is let in by a door on
 * this machine (commission/door.ts), multiplies, and comes online with what it was handed.
 */
import { Door, PARTS } from "../../commission/door.js";
import { type Server, startServer } from "../../demo/server.js";
import { ANY, Suite } from "../../firmware/rendezvous/description.js";
import type { ExistingListener } from "../../firmware/rendezvous/existing.js";
import { CodeProof } from "../../firmware/rendezvous/secret.js";
import { Stage } from "../../firmware/rendezvous/stage.js";
import { generatorOf } from "../../flash/generator.js";
import { Air } from "../../hal/host/air.js";
import type { Board, Run } from "./board.js";

const DOMAIN = "localhost";
const DEVICE = `thing@${DOMAIN}`;
const CODE = "1XNDP3WW3";
const DEVICE_ID = "18B4300400001234";
const PASSWORD = "secret";
const HOME = { ssid: "Home", passphrase: "long enough", port: 0 };

export class Arrival {
  private constructor(
    private readonly server: Server, private readonly door: Door, private readonly board: Board,
  ) {}

  static async begin(board: Board): Promise<Arrival> {
    const server = await startServer({ domain: DOMAIN, accounts: { thing: PASSWORD } });
    const listener: ExistingListener = {
      admit: () => new CodeProof(PARTS.field, generatorOf(CODE, DEVICE_ID), "", PARTS.random),
      onVisit: () => undefined,
      onDescribed: () => void door.provision({
        ssid: HOME.ssid, passphrase: HOME.passphrase, jid: DEVICE, password: PASSWORD,
        host: "127.0.0.1", port: server.port, secure: false, provisioning: "", owner: "",
      }),
      onTrying: () => undefined,
      onGone: () => undefined,
      onEnd: () => undefined,
    };
    const door = new Door({
      criteria: { vendor: ANY, product: ANY, modes: 0, suites: Suite.Code }, deviceId: "",
      name: "measure", listen: { host: "127.0.0.1", port: 0 }, air: new Air(board.folder),
    }, listener);
    await door.open();
    return new Arrival(server, door, board);
  }

  /** Before the board is switched on: whether it will find the door. */
  settle(isNear: boolean): void {
    const { ssid, port } = this.door;
    const generator = Buffer.from(generatorOf(CODE, DEVICE_ID), "latin1").toString("base64");
    this.board.settle({
      identity: { vendor: 0xfff1, product: 1, revision: 1, deviceId: DEVICE_ID, serial: "SN-1",
        generator },
      networks: isNear ? [{ ssid, passphrase: "", port }, HOME] : [HOME],
    });
  }

  async waiting(run: Run): Promise<void> {
    await run.until(new RegExp(`joiner ${Stage.Scanning} `));
  }

  async proving(run: Run): Promise<void> {
    await run.until(new RegExp(`joiner ${Stage.Proving} `));
  }

  async secured(run: Run): Promise<void> {
    await run.until(new RegExp(`joiner ${Stage.Secured} `));
  }

  async done(run: Run): Promise<void> {
    await run.until(new RegExp(`joiner ${Stage.Done} `));
    await this.online(run);
  }

  async online(run: Run): Promise<void> {
    await run.until(new RegExp(`online ${DEVICE}/`));
  }

  async end(): Promise<void> {
    await this.door.close();
    await this.server.close();
  }
}
