/**
 * The options of `npm run commission`, checked one by one: what comes out can be used. What is
 * left open and needed is asked for at a terminal (question.ts).
 */
import { Command, Option } from "commander";
import { readCode } from "../flash/code.js";
import { networkOf, parseLabel } from "../flash/label.js";
import { ANY, isLabel } from "../firmware/rendezvous/description.js";
import { given, Misuse, parseAccount, parseAddress, parseHost, parseJid, parsePassphrase,
  parsePassword, parseSeconds, parseServerPort, parseSsid, readArguments, readAuthorities,
  readText } from "../hal/host/argument.js";

const WAIT_S_MAX = 300;
const HEX_ID = /^[0-9A-F]{16}$/;

/** Which board is wanted; ANY and "" leave it open. */
export interface Wanted {
  vendor: number;
  product: number;
  deviceId: string;
  /** What its label says as network: 16 bits, of the device id. */
  network: number;
  isPressed: boolean;
}

/** Texts that boards get are wire bytes; "", 0 and null are "not given". */
export interface Options {
  /** Normalised. */
  code: string;
  wanted: Wanted;
  keyFile: string;
  ssid: string | null;
  passphrase: string;
  jid: string;
  password: string;
  host: string;
  port: number;
  secure: boolean;
  ca: string[] | undefined;
  provisioning: string;
  owner: string;
  listen: { host: string; port: number };
  air: string;
  label: string;
  waitMs: number;
  isSure: boolean;
  isChecked: boolean;
}

interface Raw {
  code?: string;
  codeFile?: string;
  device?: string;
  network?: string;
  vendor?: string;
  product?: string;
  pressed?: boolean;
  keyFile?: string;
  wifi?: string;
  wifiPassword?: string;
  jid?: string;
  password?: string;
  host?: string;
  port: string;
  tls: string;
  ca?: string;
  provisioning?: string;
  owner?: string;
  listen: string;
  air?: string;
  label?: string;
  wait: string;
  yes?: boolean;
  check: boolean;
}

/** Throws a Misuse; null when only help was wanted, which then has been printed. */
export function parseOptions(args: string[], environment: NodeJS.ProcessEnv): Options | null {
  const raw = readArguments<Raw>(command(), args);
  if (raw === null) return null;
  const passphrase = raw.wifiPassword ?? environment["WIFI_PASSWORD"] ?? "";
  const secret = raw.password ?? environment["THING_PASSWORD"];
  const { code, wanted } = readWanted(raw);
  return {
    code, wanted,
    keyFile: raw.keyFile ?? "",
    ssid: given(raw.wifi, null, parseSsid),
    passphrase: passphrase === "" ? "" : parsePassphrase(passphrase),
    jid: given(raw.jid, "", parseAccount),
    password: given(secret, "", parsePassword),
    host: given(raw.host, "", parseHost),
    port: parseServerPort("--port", raw.port),
    secure: raw.tls === "direct",
    ca: given(raw.ca, undefined, readAuthorities),
    provisioning: given(raw.provisioning, "", (text) => parseJid("--provisioning", text)),
    owner: given(raw.owner, "", (text) => parseJid("--owner", text)),
    listen: parseAddress("--listen", raw.listen),
    air: raw.air ?? "", label: raw.label ?? "",
    waitMs: parseSeconds("--wait", raw.wait, 1, WAIT_S_MAX),
    isSure: raw.yes ?? false, isChecked: raw.check,
  };
}

function command(): Command {
  return new Command("commission")
    .usage("-- [options]")
    .description("Waits for a new board, and gives it a network and an account.")
    .option("--code <text>", "the pairing code, or all that the label's QR code says")
    .option("--code-file <file>", "the same, from a file")
    .option("--device <id>", "only this device: 16 hexadecimal digits")
    .option("--network <hex>", "only the board whose label has this network: 4 digits")
    .option("--vendor <hex>", "only boards of this vendor")
    .option("--product <hex>", "only boards of this kind")
    .option("--pressed", "only boards whose button was pressed")
    .option("--key-file <file>", "keeps the keys of paired boards, and proves by them, not by code")
    .option("--wifi <ssid>", "the network that the board gets")
    .option("--wifi-password <text>", "its passphrase; WIFI_PASSWORD does the same")
    .option("--jid <jid>", "the board's account; without --password it is made now")
    .option("--password <text>", "its password; THING_PASSWORD does the same")
    .option("--host <host>", "where the XMPP server listens (default: the JID's domain)")
    .option("--port <number>", "its port", "5223")
    .addOption(new Option("--tls <mode>", "direct TLS (XEP-0368), or plain TCP on loopback")
      .choices(["direct", "off"]).default("direct"))
    .option("--ca <file>", "PEM of the CA, or of the server's own certificate, to trust")
    .option("--provisioning <jid>", "the provisioning server that the board shall trust")
    .option("--owner <jid>", "who is told by the board that it is there")
    .option("--listen <[host:]port>", "where boards connect to; port 0 picks one", "11096")
    .option("--air <folder>", "the air that virtual boards share with this program")
    .option("--label <file>", "writes the board's label as SVG, to print it again")
    .option("--wait <seconds>", "how long to wait for a board", String(WAIT_S_MAX))
    .option("-y, --yes", "asks nothing")
    .option("--no-check", "does not log in to see whether the board comes online");
}

/** A label says which board it is; options of their own must not contradict it. */
function readWanted(raw: Raw): { code: string; wanted: Wanted } {
  const text = raw.codeFile === undefined ? raw.code
    : readText("--code-file", raw.codeFile);
  const wanted = {
    vendor: given(raw.vendor, ANY, (text) => parseWord("--vendor", text)),
    product: given(raw.product, ANY, (text) => parseWord("--product", text)),
    deviceId: given(raw.device, "", parseDevice),
    network: given(raw.network, ANY, parseNetwork),
    isPressed: raw.pressed ?? false,
  };
  const isOther = wanted.network !== ANY && wanted.deviceId !== ""
    && wanted.network !== Number.parseInt(networkOf(wanted.deviceId), 16);
  if (isOther) throw new Misuse("--network is that of another board than --device");
  return text === undefined ? { code: "", wanted } : readSecret(text, wanted);
}

/** A code, or a label's text, which also says which board it is for. Throws a Misuse. */
export function readSecret(text: string, wanted: Wanted): { code: string; wanted: Wanted } {
  const label = parseLabel(text);
  if (label === null) {
    const code = readCode(text);
    if (code !== "") return { code, wanted };
    throw new Misuse("this is no pairing code: it has 9 characters, as printed on the label, and "
      + "the last of them checks the others");
  }
  const { vendor, product, deviceId, code } = label;
  const network = Number.parseInt(networkOf(deviceId), 16);
  const isOther = (wanted.vendor !== ANY && wanted.vendor !== vendor)
    || (wanted.product !== ANY && wanted.product !== product)
    || (wanted.network !== ANY && wanted.network !== network)
    || (wanted.deviceId !== "" && wanted.deviceId !== deviceId);
  if (isOther) throw new Misuse("the label is of another board than the one that is wanted");
  return { code, wanted: { ...wanted, vendor, product, deviceId, network } };
}

function parseDevice(text: string): string {
  const id = text.toUpperCase();
  if (!HEX_ID.test(id) || !isLabel(id)) throw new Misuse("--device needs 16 hexadecimal digits");
  return id;
}

/** As it is printed, or the digits alone. */
function parseNetwork(text: string): number {
  const digits = /^(?:XPR1-)?([0-9A-F]{4})$/i.exec(text)?.[1] ?? "";
  const network = Number.parseInt(digits, 16);
  if (digits === "" || network === ANY) {
    throw new Misuse("--network needs the 4 hexadecimal digits that the label has behind XPR1-");
  }
  return network;
}

function parseWord(option: string, text: string): number {
  if (!/^[0-9A-Fa-f]{1,4}$/.test(text)) {
    throw new Misuse(`${option} needs up to 4 hexadecimal digits`);
  }
  return Number.parseInt(text, 16);
}
