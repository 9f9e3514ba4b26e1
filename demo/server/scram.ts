/**
 * The server's half of SCRAM (RFC 5802, RFC 7677) as pure steps, without channel binding.
 * Passwords are kept as StoredKey and ServerKey only, one pair for each hash.
 */
import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from "node:crypto";
import { SCRAM_ITERATIONS } from "./limit.js";

export type Hash = "sha1" | "sha256";

export interface Keys {
  salt: Buffer;
  iterations: number;
  storedKey: Buffer;
  serverKey: Buffer;
}

export interface FirstMessage {
  user: string;
  authorization: string;
  gs2: string;
  nonce: string;
  bare: string;
}

/** What the server must remember between its challenge and the client's answer. */
export interface Challenge {
  message: string;
  nonce: string;
  first: FirstMessage;
}

const SALT_BYTES = 16;
const NONCE_BYTES = 18;

export function deriveKeys(
  hash: Hash, password: string, salt: Buffer = randomBytes(SALT_BYTES),
): Keys {
  const bytes = createHash(hash).digest().length;
  // SASLprep without its tables: NFKC is the part of it that changes real passwords.
  const salted = pbkdf2Sync(password.normalize("NFKC"), salt, SCRAM_ITERATIONS, bytes, hash);
  const clientKey = hmac(hash, salted, "Client Key");
  return {
    salt,
    iterations: SCRAM_ITERATIONS,
    storedKey: createHash(hash).update(clientKey).digest(),
    serverKey: hmac(hash, salted, "Server Key"),
  };
}

/** Keys nobody can match, but always the same for a name: strangers learn no user names. */
export function decoyKeys(hash: Hash, secret: Buffer, user: string): Keys {
  const salt = hmac(hash, secret, user).subarray(0, SALT_BYTES);
  const bytes = createHash(hash).digest().length;
  return { salt, iterations: SCRAM_ITERATIONS,
    storedKey: randomBytes(bytes), serverKey: randomBytes(bytes) };
}

/** client-first-message, or null for what is not one (or asks for channel binding). */
export function parseFirst(text: string): FirstMessage | null {
  const match = /^([ny],(?:a=([^,]*))?,)(n=([^,]+),r=([\x21-\x2b\x2d-\x7e]+))(?:,.*)?$/.exec(text);
  if (!match) return null;
  const [, gs2 = "", authorization = "", , name = "", nonce = ""] = match;
  const user = saslName(name);
  const forWhom = saslName(authorization);
  if (user === null || forWhom === null) return null;
  return { user, authorization: forWhom, gs2, nonce, bare: text.slice(gs2.length) };
}

export function challenge(
  first: FirstMessage, keys: Keys, serverNonce = randomBytes(NONCE_BYTES).toString("base64"),
): Challenge {
  const nonce = first.nonce + serverNonce;
  const salt = keys.salt.toString("base64");
  return { first, nonce, message: `r=${nonce},s=${salt},i=${keys.iterations}` };
}

/** The server-final-message, or null when the proof is wrong. */
export function verify(hash: Hash, keys: Keys, sent: Challenge, final: string): string | null {
  const match = /^(c=([A-Za-z0-9+/=]+),r=([^,]+)(?:,[^p=][^,]*)*),p=([A-Za-z0-9+/=]+)$/.exec(final);
  if (!match) return null;
  const [, withoutProof = "", binding = "", nonce = "", proof = ""] = match;
  if (nonce !== sent.nonce) return null;
  if (Buffer.from(binding, "base64").toString() !== sent.first.gs2) return null;
  const message = `${sent.first.bare},${sent.message},${withoutProof}`;
  const signature = hmac(hash, keys.storedKey, message);
  const given = Buffer.from(proof, "base64");
  if (given.length !== signature.length) return null;
  const clientKey = Buffer.from(given.map((octet, at) => octet ^ signature[at]!));
  const storedKey = createHash(hash).update(clientKey).digest();
  if (!timingSafeEqual(storedKey, keys.storedKey)) return null;
  return `v=${hmac(hash, keys.serverKey, message).toString("base64")}`;
}

function hmac(hash: Hash, key: Buffer, text: string): Buffer {
  return createHmac(hash, key).update(text).digest();
}

/** RFC 5802: "=" only as =2C and =3D. */
function saslName(name: string): string | null {
  if (/=(?!2C|3D)/.test(name)) return null;
  return name.replace(/=2C/g, ",").replace(/=3D/g, "=");
}
