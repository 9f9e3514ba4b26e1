/**
 * SASL as the server sees it (RFC 6120, 6): one exchange at a time, SCRAM-SHA-256 and SCRAM-SHA-1,
 * and PLAIN only where the server's owner asked for it.
 */
import { timingSafeEqual } from "node:crypto";
import xml, { type Element } from "@xmpp/xml";
import { bareJid } from "../../authority/jid.js";
import { type Challenge, type Hash, type Keys, challenge, deriveKeys, parseFirst, verify }
  from "./scram.js";

export const NS_SASL = "urn:ietf:params:xml:ns:xmpp-sasl";

const HASHES: Record<string, Hash> = { "SCRAM-SHA-256": "sha256", "SCRAM-SHA-1": "sha1" };

export type Outcome =
  | { kind: "continue"; reply: Element }
  | { kind: "success"; reply: Element; bare: string }
  | { kind: "failure"; reply: Element };

/** Where the keys of an account are; for an unknown one, keys that nobody can match. */
export interface KeySource {
  readonly domain: string;
  keysOf(bare: string, hash: Hash): Keys;
}

export class Sasl {
  private hash: Hash = "sha1";
  private sent: Challenge | null = null;

  constructor(private readonly source: KeySource, private readonly isPlainAllowed: boolean) {}

  mechanisms(): Element {
    const names = [...Object.keys(HASHES), ...this.isPlainAllowed ? ["PLAIN"] : []];
    return xml("mechanisms", { xmlns: NS_SASL },
      ...names.map((name) => xml("mechanism", {}, name)));
  }

  /** An <auth/>, <response/> or <abort/>; null for what is not SASL. */
  receive(element: Element): Outcome | null {
    if (element.getNS() !== NS_SASL) return null;
    const name = element.getName();
    if (name === "abort") return this.fail("aborted");
    const data = decode(element.getText());
    if (data === null) return this.fail("incorrect-encoding");
    if (name === "auth") return this.begin(element.attrs["mechanism"] ?? "", data);
    if (name === "response") return this.proof(data);
    return this.fail("malformed-request");
  }

  private begin(mechanism: string, data: string): Outcome {
    this.sent = null;
    if (mechanism === "PLAIN" && this.isPlainAllowed) return this.plain(data);
    const hash = HASHES[mechanism];
    if (!hash) return this.fail("invalid-mechanism");
    const first = parseFirst(data);
    if (!first) return this.fail("malformed-request");
    const bare = this.bareOf(first.user);
    if (first.authorization && bareJid(first.authorization) !== bare) {
      return this.fail("invalid-authzid");
    }
    this.hash = hash;
    this.sent = challenge(first, this.source.keysOf(bare, hash));
    return { kind: "continue", reply: reply("challenge", this.sent.message) };
  }

  private proof(data: string): Outcome {
    const { sent } = this;
    this.sent = null;
    if (!sent) return this.fail("malformed-request");
    const bare = this.bareOf(sent.first.user);
    const final = verify(this.hash, this.source.keysOf(bare, this.hash), sent, data);
    if (final === null) return this.fail("not-authorized");
    return { kind: "success", bare, reply: reply("success", final) };
  }

  private plain(data: string): Outcome {
    const [authorization, user, password, ...more] = data.split("\0");
    if (!user || password === undefined || more.length > 0) return this.fail("malformed-request");
    const bare = this.bareOf(user);
    if (authorization && bareJid(authorization) !== bare) return this.fail("invalid-authzid");
    const keys = this.source.keysOf(bare, "sha256");
    const given = deriveKeys("sha256", password, keys.salt);
    if (!timingSafeEqual(given.storedKey, keys.storedKey)) return this.fail("not-authorized");
    return { kind: "success", bare, reply: xml("success", { xmlns: NS_SASL }) };
  }

  private bareOf(user: string): string {
    return bareJid(`${user}@${this.source.domain}`);
  }

  private fail(condition: string): Outcome {
    this.sent = null;
    return { kind: "failure", reply: xml("failure", { xmlns: NS_SASL }, xml(condition)) };
  }
}

function reply(name: string, message: string): Element {
  return xml(name, { xmlns: NS_SASL }, Buffer.from(message).toString("base64"));
}

/** RFC 6120, 6.4.2: "=" alone is an empty message. */
function decode(text: string): string | null {
  const trimmed = text.trim();
  if (trimmed === "=" || trimmed === "") return "";
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(trimmed)) return null;
  return Buffer.from(trimmed, "base64").toString();
}
