/**
 * The port of a board that lets another one in. What the interpreter does and this hides
 * (libs/network/socketserver.c): it accepts one connection in each turn of its idle loop, without
 * a limit, while the chip has ten sockets for everything; who came and went before we were told
 * is given to us all the same, and never heard of again; and it listens on all networks at once.
 */
import type { Acceptor, Port, Server } from "../hal.js";
import type { EngineNetwork } from "./socket.js";

/** One that is served, and two who are being told that they must wait. */
const GUESTS_MAX = 3;

export class EngineServer implements Server {
  /** Nobody can come: the port could not be had. */
  isDeaf = false;
  private guests = 0;
  private readonly leave: () => void;

  /** `port` takes the place of the one that is asked for; 0: as asked (Linux, several boards). */
  constructor(private readonly network: EngineNetwork, private readonly port: number) {
    this.leave = () => { this.guests--; };
  }

  listen(port: number, acceptor: Acceptor): Port {
    const server = require("net").createServer((raw) => this.admit(raw, acceptor));
    try {
      server.listen(this.port || port);
      this.isDeaf = false;
    } catch (error) {
      this.isDeaf = true;
    }
    return server;
  }

  private admit(raw: RawSocket, acceptor: Acceptor): void {
    if (raw.cls) return;
    if (this.guests >= GUESTS_MAX) {
      raw.clsNow = true;
      return;
    }
    this.guests++;
    raw.on("close", this.leave);
    this.network.adopt(raw, acceptor);
  }
}
