/**
 * A serial port in the shape that browsers give it (Web Serial), which is what esptool-js speaks.
 */
import { SerialPort } from "serialport";
import { explain, Trouble } from "./line.js";

export class WebPort {
  readable: ReadableStream<Uint8Array> | null = null;
  writable: WritableStream<Uint8Array> | null = null;
  private port: SerialPort | null = null;
  private dtr = false;
  private rts = false;

  constructor(private readonly path: string) {}

  async open({ baudRate }: { baudRate: number }): Promise<void> {
    const port = this.port = new SerialPort({ path: this.path, baudRate, autoOpen: false });
    const said = await new Promise<Error | null>((resolve) => port.open(resolve));
    if (said) throw new Trouble(explain(this.path, said.message));
    this.readable = new ReadableStream<Uint8Array>({
      start(stream) {
        port.on("data", (bytes: Buffer) => stream.enqueue(new Uint8Array(bytes)));
        port.on("close", () => {
          try {
            stream.close();
          } catch {
            // Its reader had cancelled it before.
          }
        });
      },
      cancel: () => void port.removeAllListeners("data"),
    });
    this.writable = new WritableStream<Uint8Array>({
      write: (bytes) => new Promise((resolve, reject) => {
        port.write(Buffer.from(bytes), (error) => error && reject(error));
        port.drain((error) => (error ? reject(error) : resolve()));
      }),
    });
  }

  /** In place: to close the port would reset most boards. */
  async setBaudRate(baudRate: number): Promise<void> {
    await new Promise<void>((resolve, reject) =>
      this.port!.update({ baudRate }, (error) => (error ? reject(error) : resolve())));
  }

  /** Where the wire has no such lines the person holds the buttons. */
  async setSignals(
    lines: { dataTerminalReady?: boolean; requestToSend?: boolean },
  ): Promise<void> {
    // serialport takes a line that is not named for one that is switched on.
    this.dtr = lines.dataTerminalReady ?? this.dtr;
    this.rts = lines.requestToSend ?? this.rts;
    const { dtr, rts } = this;
    await new Promise<void>((resolve) => this.port!.set({ dtr, rts }, () => resolve()));
  }

  getInfo(): object {
    return {};
  }

  async close(): Promise<void> {
    const port = this.port;
    this.readable = this.writable = null;
    if (port?.isOpen) await new Promise<void>((resolve) => port.close(() => resolve()));
  }
}
