/**
 * Ports of this machine that others connect to, as the firmware of a provisioner wants them. On
 * the chip there is one such port (11096, on its own access point); here it is whichever is free.
 */
import { createServer } from "node:net";
import type { AddressInfo, Server as NodeServer } from "node:net";
import type { Acceptor, Port, Server } from "../hal.js";
import { DEAF, HostSocket, SILENT, closeAll } from "./socket.js";

export interface ServerOptions {
  /** Where to listen. Default: loopback alone */
  address?: string;
  /** In place of the port that the firmware asks for; 0 picks one. Default: as asked */
  port?: number;
  /** After everything that the firmware was told: the time for a tick. */
  onEvent?(): void;
}

export class HostServer implements Server {
  /** The port that is listened on; 0 before, and where there is none. */
  port = 0;
  private readonly sockets = new Set<HostSocket>();
  private readonly options: ServerOptions;
  private settle: { resolve(port: number): void; reject(error: Error): void } | null = null;

  constructor(options: ServerOptions = {}) {
    this.options = options;
  }

  /** What the next `listen` comes to: its port, or why there is none. */
  opened(): Promise<number> {
    return new Promise((resolve, reject) => { this.settle = { resolve, reject }; });
  }

  listen(port: number, acceptor: Acceptor): Port {
    const server = createServer();
    server.on("connection", (socket) => {
      const { onEvent } = this.options;
      const observer = { ...SILENT, onEvent: () => onEvent?.() };
      const mine = new HostSocket(DEAF, observer, () => this.sockets.delete(mine));
      this.sockets.add(mine);
      mine.adopt(socket, (open) => acceptor.accept(open));
      onEvent?.();
    });
    this.open(server, port);
    return { close: () => this.shut(server) };
  }

  /** Resolves when what was written has left, or `limitMs` have passed. */
  closeAll(limitMs: number): Promise<void> {
    return closeAll(this.sockets, limitMs);
  }

  private open(server: NodeServer, port: number): void {
    const { address = "127.0.0.1" } = this.options;
    server.on("error", (error) => this.settle?.reject(error));
    server.listen({ host: address, port: this.options.port ?? port }, () => {
      this.port = (server.address() as AddressInfo).port;
      this.settle?.resolve(this.port);
    });
  }

  /** Connections that it has accepted go on. */
  private shut(server: NodeServer): void {
    this.port = 0;
    server.close();
  }
}
