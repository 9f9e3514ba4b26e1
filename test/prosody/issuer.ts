/**
 * A provisioning server that issues tokens and grants everything: what XEP-0324 has in
 * "requesttoken" and "tokenchallenge" for the other side of the wire, with Node's RSA.
 */
import { X509Certificate, constants, publicEncrypt, randomBytes } from "node:crypto";
import xml, { type Element } from "@xmpp/xml";
import type { LinkOptions } from "../../authority/entity.js";
import { Link, type Reply } from "../../authority/link.js";
import { NS_DISCO_INFO, errorElement } from "../../authority/stanza.js";

const NS = "urn:xmpp:iot:provisioning";
const ANSWER_MS = 50000;
const SECRET_BYTES = 32;

export class Issuer {
  /** Names of what was asked, and each token that was given away. */
  readonly asked: string[] = [];
  readonly tokens: string[] = [];
  private readonly link: Link;
  private certificate: X509Certificate | null = null;
  private secret = "";

  private constructor(options: LinkOptions) {
    this.link = new Link(options, {
      onOnline: () => undefined, onOffline: () => undefined, onPresence: () => undefined,
      onMessage: () => undefined, onFault: () => undefined,
      onRequest: (iq) => this.answer(iq.getChildElements()[0]!),
    });
  }

  static async start(options: LinkOptions): Promise<Issuer> {
    const issuer = new Issuer(options);
    await issuer.link.start();
    return issuer;
  }

  stop(): Promise<void> {
    return this.link.stop();
  }

  /** Asks for a proof of a token, and tells whether it is one. */
  async challenge(jid: string, token: string, block = this.encrypt()): Promise<boolean> {
    const { secret } = this;
    const payload = xml("tokenChallenge", { xmlns: NS, token }, block);
    const answer = await this.link.request(xml("iq", { type: "get", to: jid }, payload), ANSWER_MS);
    return answer.getChildText("tokenChallengeResponse", NS) === secret;
  }

  /** A new secret, for the eyes of the last certificate's owner; all in base64. */
  private encrypt(): string {
    const bytes = randomBytes(SECRET_BYTES);
    this.secret = bytes.toString("base64");
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    return publicEncrypt({ key: this.certificate!.publicKey, padding, oaepHash: "sha1" }, bytes)
      .toString("base64");
  }

  private answer(asked: Element): Reply {
    const name = asked.getName();
    if (asked.getNS() === NS_DISCO_INFO) {
      return xml("query", { xmlns: NS_DISCO_INFO },
        xml("identity", { category: "component", type: "generic" }), xml("feature", { var: NS }));
    }
    if (asked.getNS() !== NS) return null;
    this.asked.push(name);
    if (name === "getToken") {
      this.certificate = new X509Certificate(Buffer.from(asked.getText(), "base64"));
      return xml("getTokenChallenge", { xmlns: NS, seqnr: "7" }, this.encrypt());
    }
    if (name === "getTokenChallengeResponse") {
      const isRight = asked.getText() === this.secret && asked.attrs["seqnr"] === "7";
      if (!isRight) return errorElement("bad-request");
      this.tokens.push(randomBytes(8).toString("hex"));
      return xml("getTokenResponse", { xmlns: NS, token: this.tokens.at(-1)! });
    }
    return xml(`${name}Response`, { xmlns: NS, jid: asked.attrs["jid"]!, result: "true" });
  }
}
