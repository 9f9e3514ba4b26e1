/** Who the board is, by a certificate and its RSA key (XEP-0324 "requesttoken"). */
import { type KeyObject, X509Certificate, constants, createPrivateKey, privateDecrypt }
  from "node:crypto";
import type { Identity } from "../hal.js";

export class HostIdentity implements Identity {
  private readonly der: string;
  private readonly key: KeyObject;

  /** Both as PEM. Throws where they do not belong together, or are not of RSA. */
  constructor(certificate: string, key: string) {
    const x509 = new X509Certificate(certificate);
    this.key = createPrivateKey(key);
    if (this.key.asymmetricKeyType !== "rsa") throw new Error("the key is not an RSA key");
    if (!x509.checkPrivateKey(this.key)) throw new Error("the key is not the certificate's");
    this.der = x509.raw.toString("latin1");
  }

  certificate(): string {
    return this.der;
  }

  /** The specification names no padding: OAEP with SHA-1, the common ground (ERRATA N36). */
  decrypt(block: string): string {
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    try {
      return privateDecrypt({ key: this.key, padding, oaepHash: "sha1" },
        Buffer.from(block, "latin1")).toString("latin1");
    } catch {
      return "";
    }
  }
}
