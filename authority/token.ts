/**
 * Tokens (XEP-0324 "tokens"): a device shows its certificate and solves a challenge, and is given
 * a word that stands for it. Whoever uses the word can be asked to solve another one.
 */
import { type KeyObject, X509Certificate, constants, publicEncrypt, randomBytes, timingSafeEqual }
  from "node:crypto";
import xml, { type Element } from "@xmpp/xml";
import { bareJid } from "./jid.js";
import { NS_PROVISIONING } from "./provisioning.js";
import { errorElement } from "./stanza.js";
import type { Store } from "./store.js";

/** "The server must retain the challenge in memory for at least one minute." */
export const CHALLENGE_MS = 60000;
/** Challenges under way at once, the oldest going first; and of one device, which needs one. */
export const CHALLENGES_MAX = 1000;
export const CHALLENGES_PER_DEVICE_MAX = 4;
/** Each is kept with its certificate until its device gets another one. */
export const TOKENS_MAX = 10000;
/** Of a certificate in base64: what a device can send in one stanza, and more. */
export const CERTIFICATE_CHARACTERS_MAX = 8192;
const RSA_BITS_MIN = 1024;
const GEM_BYTES = 32;
const TOKEN_BYTES = 24;

interface Challenge {
  device: string;
  certificate: string;
  gem: Buffer;
  untilMs: number;
}

export class Tokens {
  private readonly challenges = new Map<string, Challenge>();
  private serial = 0;

  constructor(private readonly store: Store, private readonly nowMs = () => performance.now()) {}

  /** getToken: a challenge, or an error. */
  challenge(from: string, request: Element): Element {
    const certificate = request.getText().replace(/\s+/g, "");
    const key = keyOf(certificate);
    if (!key) return errorElement("bad-request", "no X.509 certificate with an RSA key");
    const gem = randomBytes(GEM_BYTES);
    const seqnr = String(++this.serial);
    const untilMs = this.nowMs() + CHALLENGE_MS;
    const device = bareJid(from);
    this.makeRoom(device);
    this.challenges.set(seqnr, { device, certificate, gem, untilMs });
    return xml("getTokenChallenge", { xmlns: NS_PROVISIONING, seqnr }, encrypt(key, gem));
  }

  /** getTokenChallengeResponse: a token, bad-request for a wrong one, item-not-found for none. */
  issue(from: string, request: Element): Element {
    const seqnr = (request.attrs["seqnr"] ?? "").trim();
    const challenge = this.challenges.get(seqnr);
    if (!challenge || challenge.device !== bareJid(from) || challenge.untilMs < this.nowMs()) {
      return errorElement("item-not-found");
    }
    this.challenges.delete(seqnr);
    if (!isSame(request.getText(), challenge.gem)) return errorElement("bad-request");
    const token = randomBytes(TOKEN_BYTES).toString("base64url");
    const { device, certificate } = challenge;
    const before = this.of(device);
    if (before === "" && this.store.tokens.size >= TOKENS_MAX) {
      return errorElement("resource-constraint");
    }
    this.store.tokens.delete(before);
    this.store.tokens.set(token, { jid: device, certificate });
    return xml("getTokenResponse", { xmlns: NS_PROVISIONING, token });
  }

  /** Nobody's many challenges drive out those of others. */
  private makeRoom(device: string): void {
    const mine: string[] = [];
    for (const [seqnr, challenge] of this.challenges) {
      if (challenge.untilMs < this.nowMs()) this.challenges.delete(seqnr);
      else if (challenge.device === device) mine.push(seqnr);
    }
    if (mine.length >= CHALLENGES_PER_DEVICE_MAX) this.challenges.delete(mine[0]!);
    const [oldest] = this.challenges.keys();
    if (this.challenges.size >= CHALLENGES_MAX) this.challenges.delete(oldest!);
  }

  /** A new challenge of a token, and what judges its answer; null for a token that is not ours. */
  test(token: string): { request: Element; isSolved(answer: Element): boolean } | null {
    const key = keyOf(this.store.tokens.get(token)?.certificate ?? "");
    if (!key) return null;
    const gem = randomBytes(GEM_BYTES);
    const request = xml("tokenChallenge", { xmlns: NS_PROVISIONING, token }, encrypt(key, gem));
    return { request, isSolved: (iq) => {
      const answer = iq.getChild("tokenChallengeResponse", NS_PROVISIONING);
      return answer !== undefined && isSame(answer.getText(), gem);
    } };
  }

  /** The token of a device; "" where it has none. */
  of(device: string): string {
    for (const [token, owner] of this.store.tokens) if (owner.jid === device) return token;
    return "";
  }
}

function keyOf(certificate: string): KeyObject | null {
  if (certificate === "" || certificate.length > CERTIFICATE_CHARACTERS_MAX) return null;
  try {
    const { publicKey } = new X509Certificate(Buffer.from(certificate, "base64"));
    const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0;
    return publicKey.asymmetricKeyType === "rsa" && bits >= RSA_BITS_MIN ? publicKey : null;
  } catch {
    return null;
  }
}

/** OAEP with SHA-1: the specification names no padding (ERRATA N36). */
function encrypt(key: KeyObject, gem: Buffer): string {
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  return publicEncrypt({ key, padding, oaepHash: "sha1" }, gem).toString("base64");
}

function isSame(text: string, gem: Buffer): boolean {
  const said = Buffer.from(text, "base64");
  return said.length === gem.length && timingSafeEqual(said, gem);
}
