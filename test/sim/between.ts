/**
 * Somebody between a new board and whoever waits for it, in virtual time: notes each frame, and
 * spoils one.
 */
import { FrameType, Frames, frame } from "../../firmware/rendezvous/framing.js";
import { Stage } from "../../firmware/rendezvous/stage.js";
import type { Acceptor, Socket, SocketListener } from "../../hal/hal.js";
import { Newcomer, OFFER, Provisioner, Scenery } from "./rendezvous.js";

/** Led to by whoever is between alone. */
const HIDDEN = "hidden";
/** A day, for all that a board does by itself after a press. */
const ENOUGH_MS = 86400000;

/** What becomes of a frame: octets for each side. */
export interface Fate {
  /** On its way. */
  on: string;
  /** To where it came from. */
  back: string;
}
export type Spoil = (type: FrameType, body: string, before: string) => Fate;

export interface Passed {
  /** From the joiner. */
  up: boolean;
  type: FrameType;
  octets: string;
}

/** The `index`th frame of a connection is spoilt, the rest goes through as it is. */
export class Between implements Acceptor {
  readonly passed: Passed[] = [];
  private connections = 0;

  constructor(
    private readonly behind: Acceptor, private readonly index = -1,
    private readonly spoil: Spoil = (type, body) => ({ on: frame(type, body), back: "" }),
  ) {}

  accept(socket: Socket): SocketListener {
    const isFirst = this.connections++ === 0;
    let listener: SocketListener | null = null;
    const relay = (up: boolean, frames: Frames, bytes: string): void => {
      frames.push(bytes);
      for (let type = frames.next(); type !== FrameType.None; type = frames.next()) {
        const octets = frame(type, frames.body);
        const before = this.passed.filter((one) => one.up === up).at(-1)?.octets ?? "";
        const isSpoilt = isFirst && this.passed.length === this.index;
        const fate = isSpoilt ? this.spoil(type, frames.body, before) : { on: octets, back: "" };
        if (isFirst) this.passed.push({ up, type, octets });
        for (const [isUp, said] of [[up, fate.on], [!up, fate.back]] as const) {
          if (said === "") continue;
          if (isUp) listener?.onBytes(said);
          else socket.write(said);
        }
      }
    };
    const [above, below] = [new Frames(), new Frames()];
    listener = this.behind.accept({
      writable: () => socket.writable(), close: () => socket.close(),
      write: (bytes) => relay(false, below, bytes),
    });
    return {
      onOpen: () => undefined, onDrain: () => undefined,
      onClosed: (why) => listener?.onClosed(why),
      onBytes: (bytes) => relay(true, above, bytes),
    };
  }
}

/** A board whose button has been pressed, and one who waits for it, with somebody between them. */
export function meet(index = -1, spoil?: Spoil) {
  const scenery = new Scenery();
  const board = new Newcomer(scenery);
  const provisioner = new Provisioner(scenery, [OFFER], HIDDEN);
  const { networks } = scenery.air;
  networks.splice(networks.findIndex(({ ssid }) => ssid === HIDDEN), 1);
  const between = new Between(provisioner.existing, index, spoil);
  scenery.air.add("XPR1-ANY-1", between);
  board.press();
  return { scenery, board, provisioner, between };
}

/** Until the board is commissioned, or waits for its next press. */
export function end({ scenery, board }: { scenery: Scenery; board: Newcomer }): void {
  const isOver = (): boolean => board.stage === Stage.Done || board.stage === Stage.Closed;
  if (!scenery.until(isOver, ENOUGH_MS)) throw new Error("the board never rests");
}
