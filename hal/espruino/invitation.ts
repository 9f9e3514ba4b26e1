/**
 * Letting others in, as a file of Storage: `require("invitation")` gives what a board with an
 * account needs when its provisioning server asks it to. A bundle of its own, as rendezvous.ts.
 */
import { createField } from "../../firmware/rendezvous/field.js";
import { Inviter } from "../../firmware/rendezvous/inviter.js";
import type { Device } from "../../firmware/device.js";
import type { Markup } from "../../firmware/xml/print.js";
import type { Hal } from "../hal.js";
import { ChipAccessPoint, ConsoleAccessPoint } from "./accesspoint.js";
import { EngineCipher } from "./cipher.js";
import { EngineServer } from "./server.js";
import type { EngineNetwork } from "./socket.js";
import type { Station } from "./wifi.js";

/** Without a station it is Linux, where `port` takes the place of the chip's. */
function createInviter(hal: Hal, device: Device, station: Station | null, port: number): Inviter {
  const cipher = new EngineCipher();
  const server = new EngineServer(hal.network as EngineNetwork, port);
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

exports.createInviter = createInviter;
