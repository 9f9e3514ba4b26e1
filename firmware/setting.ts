/** What a device is told at its start. */

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
