/** HOSTILE-TESTS 8.6 to 8.11: a server that does not know the password, or would have it. */
import { describe, expect, test } from "vitest";
import { BACKOFF_MAX_MS, SCRAM_ITERATIONS_MAX } from "../../../../firmware/config.js";
import { Fault } from "../../../../firmware/fault.js";
import type { Quirks } from "../../../sim/stream.js";
import { World, catalogue } from "../../../sim/world.js";
import { expectRefusal, handshake, meet } from "./cast.js";

const NS_SASL = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'";

const SUCCESS = `<success ${NS_SASL}>`;

describe("T 8.6: without a mechanism that proves the server", () => {
  test.each([
    ["none", []],
    ["PLAIN alone", ["PLAIN"]],
    ["ANONYMOUS and EXTERNAL", ["ANONYMOUS", "EXTERNAL"]],
    ["DIGEST-MD5", ["DIGEST-MD5", "PLAIN", "LOGIN"]],
    ["SCRAM with a channel binding alone", ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS"]],
    ["a case that is no mechanism", ["scram-sha-256"]],
  ])("%s", (_what, mechanisms) => {
    expectRefusal(meet({ mechanisms }), []);
  });

  test("SCRAM-SHA-1 will do, until SCRAM-SHA-256 has been seen to work", () => {
    const world = meet({ mechanisms: ["PLAIN", "SCRAM-SHA-1"] });
    expect(world.device.status().online).toBe(true);
    world.wire.quirks.mechanisms = ["SCRAM-SHA-256", "SCRAM-SHA-1"];
    world.dropStream();
    world.pass(3000);
    expect(world.device.status().online).toBe(true);
    world.wire.quirks.mechanisms = ["SCRAM-SHA-1"];
    world.restart();
    expect(world.device.status().online).toBe(false);
    expect(world.wire.stream.handshake).toEqual([]);
    expect(world.device.status().fault).toBe(Fault.NoMechanism);
  });
});

describe("SCRAM challenges that are unsound are not answered", () => {
  const scram = { iterations: "4096", salt: "c2FsdCBvZiB0aGUgdGVzdHM=" };
  const first = (change: (message: string) => string): Partial<Quirks> =>
    ({ scram: { ...scram, first: change } });
  test.each([
    ["T 8.7", "a nonce that is not ours", first((said) => said.replace(/r=./, "r=!"))],
    ["T 8.7", "a nonce that adds nothing", first((said) => said.replace(/r=(.{24})[^,]*/, "r=$1"))],
    ["T 8.7", "no nonce", first((said) => said.replace(/^r=[^,]*,/, ""))],
    ["T 8.7", "no salt", first((said) => said.replace(/,s=[^,]*/, ""))],
    ["T 8.7", "no iterations", first((said) => said.replace(/,i=.*/, ""))],
    ["T 8.7", "a mandatory extension", first((said) => "m=ext," + said)],
    ["T 8.7", "an error", first(() => "e=other-error")],
    ["T 8.7", "nothing", first(() => "")],
    ["T 8.7", "another order", first((said) => said.split(",").reverse().join(","))],
    ["T 8.8", "1", { scram: { ...scram, iterations: "1" } }],
    ["T 8.8", "0", first((said) => said.replace("i=4096", "i=0"))],
    ["T 8.8", "-1", first((said) => said.replace("i=4096", "i=-1"))],
    ["T 8.8", "4095", { scram: { ...scram, iterations: "4095" } }],
    ["T 8.8", "more than the ceiling",
      first((said) => said.replace("4096", `${SCRAM_ITERATIONS_MAX + 1}`))],
    ["T 8.8", "a thousand million", first((said) => said.replace("4096", "1000000000"))],
    ["T 8.8", "5x", first((said) => said.replace("4096", "5000x"))],
    ["T 8.8", "1e4", first((said) => said.replace("4096", "1e4"))],
    ["T 8.8", "04096", first((said) => said.replace("4096", "04096"))],
    ["T 8.10", "a salt without octets", first((said) => said.replace(/s=[^,]*/, "s="))],
    ["T 8.10", "a salt that is not base64", first((said) => said.replace(/s=[^,]*/, "s=***"))],
    ["T 8.10", "a salt of 64 kB",
      first((said) => said.replace(/s=[^,]*/, "s=" + "A".repeat(65_536)))],
    ["T 8.10", "a salt of 65 octets",
      first((said) => said.replace(/s=[^,]*/, "s=" + Buffer.alloc(65).toString("base64")))],
    ["T 8.7", "a challenge that is not base64",
      { challenge: `<challenge ${NS_SASL}>%%%</challenge>` }],
    ["T 8.9", "success before the challenge", { challenge: `${SUCCESS}dj1hYmM=</success>` }],
    ["T 8.9", "an empty success before the challenge", { challenge: `<success ${NS_SASL}/>` }],
  ])("%s: %s", (_id, _what, quirks) => {
    const started = Date.now();
    expectRefusal(meet(quirks), ["auth"]);
    // What is refused takes milliseconds, a billion iterations take an hour.
    expect(Date.now() - started).toBeLessThan(10_000);
  });

  test("T 8.8: the floor and the ceiling themselves are answered", () => {
    for (const iterations of ["4096", `${SCRAM_ITERATIONS_MAX}`]) {
      const world = meet({ scram: { ...scram, iterations } });
      expect(world.device.status().online).toBe(true);
    }
  });
});

describe("T 8.9: a server that does not prove itself gets no session", () => {
  const scram = { iterations: "4096", salt: "c2FsdCBvZiB0aGUgdGVzdHM=" };
  test.each([
    ["a wrong signature", { scram: { ...scram, final: () => "v=AAAAAAAAAAAAAAAAAAAAAAAAAAA=" } }],
    ["an empty signature", { scram: { ...scram, final: () => "v=" } }],
    ["an error", { scram: { ...scram, final: () => "e=invalid-proof" } }],
    ["a signature cut short",
      { scram: { ...scram, final: (said: string) => said.slice(0, 20) } }],
    ["no data", { success: `<success ${NS_SASL}/>` }],
    ["another namespace", { success: "<success xmlns='urn:x'>dj1hYmM=</success>" }],
  ])("%s", (_what, quirks) => {
    expectRefusal(meet(quirks), ["auth", "response"]);
  });

  test("the final message in a challenge, and then success, proves it as well", () => {
    const world = meet({ lastWord: "challenge" });
    expect(handshake(world)).toEqual(["auth", "response", "response", "iq"]);
    expect(world.device.status().online).toBe(true);
  });

  test("but not a wrong one", () => {
    const final = (): string => "v=AAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    expectRefusal(meet({ lastWord: "challenge", scram: { ...scram, final } }),
      ["auth", "response"]);
  });
});

test("T 8.11: a hundred refusals of the password: later and later, nothing is forgotten", () => {
  const world = new World({ password: "wrong" });
  world.start();
  const before = world.board.flash.operations;
  const times: number[] = [];
  let seen = 0;
  while (times.length < 100) {
    world.skip(5000);
    if (world.wire.streams.length > seen) times.push(world.board.clock.nowMs());
    seen = world.wire.streams.length;
  }
  const waits = times.slice(1).map((ms, i) => ms - times[i]!);
  expect(Math.max(...waits)).toBeLessThanOrEqual(BACKOFF_MAX_MS + 10_000);
  expect(Math.min(...waits.slice(-50))).toBeGreaterThanOrEqual(BACKOFF_MAX_MS / 2 - 10_000);
  expect(world.board.restarts).toEqual([]);
  expect(world.board.flash.operations).toBe(before);
  expect(world.device.status().account).toBe("dev@ex.org");
  expect(world.device.status().fault).toBe(Fault.Unauthorised);
  world.wire.passwords.dev = "wrong";
  world.skip(BACKOFF_MAX_MS);
  expect(world.device.status().online).toBe(true);
});

test("payloads of the device fit the schemas", () => {
  expect(catalogue.report("hostile SCRAM")).toBe("");
});
