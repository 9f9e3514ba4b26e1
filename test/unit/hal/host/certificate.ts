/** Certificates for tests, made on the spot; elliptic, since RSA keys take a second each. */
import { generate } from "selfsigned";

const DAY_MS = 86400000;

export interface Pair {
  key: string;
  cert: string;
}

export interface Wish {
  name: string;
  /** Days from now; negative for one that has expired. */
  days?: number;
  ca?: Pair;
  isAuthority?: boolean;
  /** None: elliptic, with 256 bits. Signed by itself, or by an authority of the same kind. */
  rsaBits?: number;
  /** The name is the common name alone. */
  isBare?: boolean;
}

export async function createCertificate(wish: Wish): Promise<Pair> {
  const days = wish.days ?? 1;
  const made = await generate([{ name: "commonName", value: wish.name }], {
    ...(wish.rsaBits === undefined ? { keyType: "ec" } : { keyType: "rsa", keySize: wish.rsaBits }),
    algorithm: "sha256",
    notBeforeDate: new Date(Date.now() - 10 * DAY_MS),
    notAfterDate: new Date(Date.now() + days * DAY_MS),
    ...(wish.ca === undefined ? {} : { ca: wish.ca }),
    extensions: [
      { name: "basicConstraints", cA: wish.isAuthority === true, critical: true },
      ...(wish.isBare === true ? []
        : [{ name: "subjectAltName" as const, altNames: [{ type: 2 as const, value: wish.name }] }]),
    ],
  });
  return { key: made.private, cert: made.cert };
}
