/** What a device is told at its start, and what it tells of itself. */

/** What a board is told at its start. */
export interface Settings {
  /** Bare JID; "" takes the account that the journal holds. */
  jid: string;
  password: string;
  /** "" is the JID's domain. */
  host: string;
  port: number;
  secure: boolean;
  /** A preprogrammed provisioning server: a component, an account, "*" for any component, "". */
  provisioning: string;
  /** How long the LED blinks for a friendship request; 0 for the default. */
  windowMs: number;
}

/** For people: a page, a console, a log. */
export interface Status {
  jid: string;
  online: boolean;
  why: string;
  account: string;
  trust: string[];
  friends: string[];
  pattern: string;
  entries: number;
  hits: number;
  misses: number;
  /** How often the board has erased a page of its flash, in its whole life (DESIGN, "Wear"). */
  erases: number;
  /** Why the last stream ended; what the flash or the button suffers from (fault.ts). */
  fault: number;
  defect: number;
}
