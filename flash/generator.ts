/**
 * CPace's generator: the point that a pairing code and a device id are mapped to
 * (draft-irtf-cfrg-cpace, `calculate_generator` of CPACE-X25519-SHA512; RENDEZVOUS 5.1). Who sets a
 * board up computes it, and the board keeps it in place of the code; who waits for a board computes
 * it from the code that a person types. As secret as the code: trying out all codes is easy.
 */
import { _map_to_curve_elligator2_curve25519, ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { channel, lengthValue } from "../firmware/rendezvous/pake.js";

const DOMAIN = "CPace255";
/** SHA-512's input block: it holds the domain and the code, filled up with zeros. */
const BLOCK_BYTES = 128;
const POINT_BYTES = 32;

/** 32 octets, for a code as `readCode` gives it. */
export function generatorOf(code: string, deviceId: string): string {
  return calculateGenerator(code, channel(deviceId), "");
}

/** As the draft has it; all texts are octets. */
export function calculateGenerator(secret: string, channelId: string, sid: string): string {
  const zeros = Math.max(0,
    BLOCK_BYTES - 1 - lengthValue(secret).length - lengthValue(DOMAIN).length);
  const text = [DOMAIN, secret, "\0".repeat(zeros), channelId, sid].map(lengthValue).join("");
  const octets = sha512(Buffer.from(text, "latin1")).slice(0, POINT_BYTES);
  octets[POINT_BYTES - 1]! &= 0x7f;
  const { Fp } = ed25519.Point;
  const { xMn, xMd } = _map_to_curve_elligator2_curve25519(
    Fp.create(BigInt(`0x${Buffer.from(octets).reverse().toString("hex")}`)));
  const u = Fp.mul(xMn, Fp.inv(xMd)).toString(16).padStart(2 * POINT_BYTES, "0");
  return Buffer.from(u, "hex").reverse().toString("latin1");
}
