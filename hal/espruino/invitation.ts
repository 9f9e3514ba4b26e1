/**
 * Letting others in, as a file of Storage: what a board with an account evaluates when its
 * provisioning server asks it to (threshold.ts). A bundle of its own, as rendezvous.ts.
 */
import { createField } from "../../firmware/rendezvous/field.js";
import { Inviter } from "../../firmware/rendezvous/inviter.js";
import type { Markup } from "../../firmware/xml/print.js";
import { ChipAccessPoint, ConsoleAccessPoint } from "./accesspoint.js";
import { EngineCipher } from "./cipher.js";
import { EngineServer } from "./server.js";
import type { EngineNetwork } from "./socket.js";
import type { Threshold } from "./threshold.js";

/** Without a station it is Linux, where a port that was given takes the place of the chip's. */
function createInviter(threshold: Threshold): Inviter {
  const hal = threshold.hal;
  const device = threshold.device;
  const station = threshold.station;
  const cipher = new EngineCipher();
  const server = new EngineServer(hal.network as EngineNetwork, threshold.given.guestPort);
  const premises = device.premises;
  return new Inviter(hal, { clock: hal.clock, crypto: hal.crypto, cipher, random: hal.random }, {
    server,
    accessPoint: station ? new ChipAccessPoint(station, server) : new ConsoleAccessPoint(server),
    field: createField(cipher.convolve),
  }, {
    trust: device.trust,
    roster: device.roster,
    // What it is on, whoever gave it: a board that was set up by cable has no premises.
    premises: !station ? premises : {
      ssid: station.ssid, passphrase: station.password, provisioning: premises.provisioning,
      key: "",
    },
    send: (xml: Markup) => device.send(xml),
  });
}

THRESHOLD.inviter = createInviter(THRESHOLD);
