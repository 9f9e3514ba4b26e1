/** Every stanza that this device answers, one row each. Disco's features are read from here. */
import type { Challenges } from "./access/challenge.js";
import type { Commands } from "./access/command.js";
import { NS_PROVISIONING } from "./access/provisioning.js";
import { NS_PING, NS_TIME, NS_VERSION } from "./router/basics.js";
import type { Basics } from "./router/basics.js";
import { NS_DISCO_INFO, NS_DISCO_ITEMS } from "./router/disco.js";
import type { Disco } from "./router/disco.js";
import { NS_ROSTER } from "./xml/assembler.js";
import type { Roster } from "./router/roster.js";
import type { Routes } from "./router/router.js";
import { NS_CONTROL } from "./thing/control.js";
import type { Control } from "./thing/control.js";
import type { Forms } from "./thing/form.js";
import { NS_SENSORDATA } from "./thing/fields.js";
import type { Readout } from "./thing/readout.js";

export function routesOf(
  roster: Roster, disco: Disco, basics: Basics, commands: Commands, challenges: Challenges,
  readout: Readout, control: Control, forms: Forms,
): Routes {
  const routes: Routes = {};
  routes["set " + NS_ROSTER + " query"] = roster;
  routes["get " + NS_DISCO_INFO + " query"] = disco;
  routes["get " + NS_DISCO_ITEMS + " query"] = disco;
  routes["get " + NS_PING + " ping"] = basics;
  routes["get " + NS_VERSION + " query"] = basics;
  routes["get " + NS_TIME + " time"] = basics;
  routes["set " + NS_PROVISIONING + " clearCache"] = commands;
  routes["get " + NS_PROVISIONING + " tokenChallenge"] = challenges;
  routes["message " + NS_PROVISIONING + " unfriend"] = commands;
  routes["message " + NS_PROVISIONING + " friend"] = commands;
  routes["get " + NS_SENSORDATA + " req"] = readout;
  routes["get " + NS_SENSORDATA + " cancel"] = readout;
  routes["set " + NS_SENSORDATA + " cancel"] = readout; // ERRATA N32
  routes["set " + NS_CONTROL + " set"] = control;
  routes["get " + NS_CONTROL + " getForm"] = forms;
  routes["message " + NS_CONTROL + " set"] = control;
  return routes;
}
