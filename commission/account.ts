/**
 * What a board is given: a network, an account, a provisioning server. What is missing is asked
 * for before a board comes; the account is made, and tried, when one is there.
 */
import type { Offer } from "../firmware/rendezvous/message.js";
import { Misuse, parseAccount, parsePassphrase, parseSsid } from "../hal/host/argument.js";
import { demandPrivacy } from "../hal/host/setting.js";
import { fromWire, toWire } from "../hal/host/text.js";
import type { Options } from "./option.js";
import type { Asker } from "./question.js";
import { makePassword, register } from "./register.js";
import { Watch, type Word } from "./watch.js";

export class Account {
  private watch: Watch | null = null;
  /** By us, for this board. */
  private isNew = false;
  private isMade: boolean;

  private constructor(
    private readonly options: Options, private readonly ssid: string,
    private readonly passphrase: string, private readonly jid: string, private password: string,
  ) {
    this.isMade = password !== "";
  }

  /** Throws a Misuse where something is missing and nobody can be asked. */
  static async collect(options: Options, asker: Asker): Promise<Account> {
    const ssid = options.ssid ?? parseSsid(await asker.text("Wi-Fi network for the board:",
      (text) => faultOf(() => parseSsid(text.trim()))));
    const isAsked = options.ssid === null && options.passphrase === "";
    const passphrase = isAsked ? await askPassphrase(asker) : options.passphrase;
    const jid = options.jid !== "" ? options.jid : parseAccount(await asker.text(
      "JID for the board (name@domain):", (text) => faultOf(() => parseAccount(text.trim()))));
    demandPrivacy(options.secure, options.host || domainOf(jid));
    return new Account(options, ssid, passphrase, jid, options.password);
  }

  /** Makes the account where there is none yet, and looks whether it can be used. */
  async prepare(report: (line: string) => void): Promise<void> {
    if (!this.isMade) {
      this.password = makePassword();
      await register({
        endpoint: this.endpoint(), user: fromWire(this.jid.slice(0, this.jid.indexOf("@"))),
        password: this.password, ca: this.options.ca,
      });
      this.isMade = this.isNew = true;
      report(`made the account ${fromWire(this.jid)}`);
    }
    if (!this.options.isChecked || this.watch !== null) return;
    const { host, port, secure } = this.endpoint();
    const watch = new Watch({ jid: fromWire(this.jid), password: fromWire(this.password),
      host: fromWire(host), port, secure, ca: this.options.ca });
    try {
      await watch.start();
    } catch (error) {
      throw new Misuse(`the account ${fromWire(this.jid)} cannot log in: ${explain(error)}`);
    }
    this.watch = watch;
  }

  /** Where somebody looks it is we whom the board tells: nobody else could check its proof. */
  offer(): Offer {
    const { host, port, secure, provisioning } = this.options;
    const owner = this.watch === null ? this.options.owner : toWire(this.watch.jid);
    return { ssid: this.ssid, passphrase: this.passphrase, jid: this.jid, password: this.password,
      host, port, secure, provisioning, owner };
  }

  /** For people; no secret in it. */
  words(): string {
    const { provisioning } = this.options;
    const trusted = provisioning === "" ? "" : `, provisioning server ${fromWire(provisioning)}`;
    return `giving it the network ${fromWire(this.ssid)}, the account ${fromWire(this.jid)}`
      + trusted;
  }

  expect(): void {
    this.watch?.expect();
  }

  /** Resolves with the board's full JID; never where nobody looks. */
  online(): Promise<string> {
    return this.watch?.online ?? new Promise<string>(() => undefined);
  }

  /** Resolves with what somebody who came online says as its proof. */
  told(): Promise<Word> {
    return this.watch?.told ?? new Promise<Word>(() => undefined);
  }

  /** Passes on what the board has proved to us. */
  tellOwner(line: string): void {
    if (this.options.owner !== "") this.watch?.say(fromWire(this.options.owner), line);
  }

  /** An account that was made for a board that did not get it: nobody knows its password. */
  async undo(report: (line: string) => void): Promise<void> {
    if (!this.isNew) return;
    const isGone = await this.watch?.remove() ?? false;
    report(isGone ? `removed the account ${fromWire(this.jid)} again`
      : `the account ${fromWire(this.jid)} is still on the server, which does not remove it: `
        + "remove it there, or choose another --jid");
  }

  async close(): Promise<void> {
    await this.watch?.stop();
    this.watch = null;
  }

  private endpoint() {
    const { host, port, secure } = this.options;
    const name = domainOf(this.jid);
    return { host: host || name, port, secure, name };
  }
}

async function askPassphrase(asker: Asker): Promise<string> {
  const text = await asker.secret("Its passphrase (none for an open network):", (answer) =>
    answer === "" ? "" : faultOf(() => parsePassphrase(answer)));
  return text === "" ? "" : parsePassphrase(text);
}

function domainOf(jid: string): string {
  return jid.slice(jid.indexOf("@") + 1);
}

function faultOf(parse: () => unknown): string {
  try {
    parse();
    return "";
  } catch (error) {
    // No option was given.
    return (error as Error).message.replace(/^--\S+ /, "");
  }
}

/** xmpp.js names conditions; sockets have codes. */
function explain(error: unknown): string {
  const { condition, code, message } = error as { condition?: string; code?: string;
    message: string };
  if (condition === "not-authorized") return "its password is wrong, or it does not exist";
  return condition ?? (code === undefined ? message : `${code}, check --host and --port`);
}
