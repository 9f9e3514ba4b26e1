/** The server's side of SCRAM (RFC 5802), with parts that a hostile server may replace. */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

/** What a hostile server says in place of the right thing. */
export interface ScramQuirks {
  iterations: string;
  salt: string;
  /** Changes the server-first-message. */
  first?: (message: string) => string;
  /** Changes the server-final-message. */
  final?: (message: string) => string;
}

/** Salting takes a millisecond or two; the same in every test. */
const salted = new Map<string, Buffer>();

export class ScramServer {
  private clientFirst = "";
  private serverFirst = "";
  private readonly hash: string;

  constructor(
    mechanism: string,
    private readonly password: string,
    private readonly quirks: ScramQuirks,
  ) {
    this.hash = mechanism === "SCRAM-SHA-256" ? "sha256" : "sha1";
  }

  /** The user that the client-first-message names, and the challenge. */
  challenge(message: string): { user: string; challenge: string } {
    const match = /^n,,(n=([^,]+),r=([^,]+))$/.exec(message);
    if (!match) throw new Error(`not a client-first-message: ${message}`);
    this.clientFirst = match[1]!;
    const nonce = match[3]! + randomBytes(9).toString("base64");
    this.serverFirst = `r=${nonce},s=${this.quirks.salt},i=${this.quirks.iterations}`;
    if (this.quirks.first) this.serverFirst = this.quirks.first(this.serverFirst);
    const user = match[2]!.replaceAll("=2C", ",").replaceAll("=3D", "=");
    return { user, challenge: this.serverFirst };
  }

  /** The server-final-message; "" where the client's proof is wrong. */
  finish(message: string): string {
    const match = /^(c=biws,r=([^,]+)),p=(.+)$/.exec(message);
    if (!match) throw new Error(`not a client-final-message: ${message}`);
    const auth = `${this.clientFirst},${this.serverFirst},${match[1]}`;
    const key = this.salted();
    const clientKey = this.hmac(key, "Client Key");
    const stored = createHash(this.hash).update(clientKey).digest();
    const proof = Buffer.from(match[3]!, "base64");
    const signature = this.hmac(stored, auth);
    const recovered = Buffer.from(proof.map((octet, i) => octet ^ signature[i]!));
    if (!createHash(this.hash).update(recovered).digest().equals(stored)) return "";
    const final = "v=" + this.hmac(this.hmac(key, "Server Key"), auth).toString("base64");
    return this.quirks.final ? this.quirks.final(final) : final;
  }

  private salted(): Buffer {
    const { salt, iterations } = this.quirks;
    const place = [this.hash, this.password, salt, iterations].join(" ");
    let key = salted.get(place);
    if (!key) {
      const length = this.hash === "sha256" ? 32 : 20;
      key = pbkdf2Sync(this.password, Buffer.from(salt, "base64"), parseInt(iterations, 10),
        length, this.hash);
      salted.set(place, key);
    }
    return key;
  }

  private hmac(key: Buffer, text: string): Buffer {
    return createHmac(this.hash, key).update(text).digest();
  }
}
