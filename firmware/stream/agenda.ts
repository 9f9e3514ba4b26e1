/**
 * What is to be done in a turn of its own: whoever learns of something deep in others' calls
 * notes it here, and the device does it from the top of the stack, before it reads on. So every
 * write to flash begins there, and what must be answered after it is answered after it.
 */

/** Does what it has noted, once. */
export interface Doer {
  act(what: unknown, nowMs: number): void;
}

/** A part that time does something to. True: it wants the very next beat, too. */
export interface Timed {
  tick(nowMs: number): unknown;
}

interface Duty {
  doer: Doer;
  what: unknown;
}

export class Agenda {
  /** The first noted first; done by device.ts. */
  readonly duties: Duty[];

  constructor() {
    this.duties = [];
  }

  add(doer: Doer, what: unknown): void {
    this.duties.push({ doer, what });
  }
}
