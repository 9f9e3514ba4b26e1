/**
 * The wire to a board: octets both ways, and the two lines that most USB adapters join to the
 * chip's EN and GPIO0. The interpreter stops a sender that is too fast by XOFF; the driver of the
 * port obeys that (`xon`), so nothing here has to.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { SerialPort } from "serialport";

export const BAUD = 115200;
/** EN low for so long is a reset for every board that we know of. */
const RESET_MS = 120;

export interface Line {
  /** Told of everything that arrives, one octet for each character. */
  onText: (text: string) => void;
  /** Told once when the wire is gone. */
  onClosed: (why: string) => void;
  write(text: string): Promise<void>;
  /** Restarts the chip, where the wire can: false where it cannot (a pseudo-terminal). */
  reset(): Promise<boolean>;
  close(): Promise<void>;
}

/** Mistakes of people and things, in one line for a person. */
export class Trouble extends Error {}

export interface Found {
  path: string;
  /** What the adapter says of itself. */
  maker: string;
}

/** Serial ports with somebody behind them. Those without any maker are built in and empty. */
export async function ports(): Promise<Found[]> {
  const all = await SerialPort.list();
  return all.map(({ path, manufacturer }) => ({ path, maker: manufacturer ?? "" }))
    .filter(({ path, maker }) => maker !== "" || !/ttyS\d+$/.test(path));
}

export async function openLine(path: string, baudRate = BAUD): Promise<Line> {
  const port = new SerialPort({ path, baudRate, xon: true, xoff: true, autoOpen: false });
  const said = await new Promise<Error | null>((resolve) => port.open(resolve));
  if (said) throw new Trouble(explain(path, said.message));
  const line: Line = {
    onText: () => undefined,
    onClosed: () => undefined,
    write: (text) => new Promise((resolve, reject) => {
      port.write(Buffer.from(text, "latin1"), (error) => error && reject(error));
      port.drain((error) => (error ? reject(error) : resolve()));
    }),
    reset: () => pulse(port),
    close: () => new Promise((resolve) => (port.isOpen ? port.close(() => resolve()) : resolve())),
  };
  port.on("data", (bytes: Buffer) => line.onText(bytes.toString("latin1")));
  port.on("error", (error) => line.onClosed(error.message));
  port.on("close", () => line.onClosed(`${path} is gone: was the cable pulled?`));
  return line;
}

/** RTS holds EN low; DTR, which would ask for the chip's loader, stays off. */
async function pulse(port: SerialPort): Promise<boolean> {
  const set = (rts: boolean): Promise<boolean> =>
    new Promise((resolve) => port.set({ dtr: false, rts }, (error) => resolve(!error)));
  if (!await set(true)) return false;
  await sleep(RESET_MS);
  return set(false);
}

/** What the operating system says, and what a person does about it. */
export function explain(path: string, message: string): string {
  if (/permission|EACCES|access denied/i.test(message)) {
    return `${path}: you may not use it. On Linux: sudo usermod -a -G dialout $USER, log in again`;
  }
  if (/busy|lock|EBUSY|temporarily unavailable/i.test(message)) {
    return `${path}: another program has it. Close its console first`;
  }
  if (/no such|ENOENT|not found/i.test(message)) {
    return `${path}: there is no such port. Without --port the ports are listed`;
  }
  return `${path}: ${message}`;
}
