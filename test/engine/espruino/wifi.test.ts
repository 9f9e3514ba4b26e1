/** The chip's station and access point, as the interpreter runs them; Wi-Fi is a stand-in. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ESPRUINO, Interpreter } from "./interpreter.js";

const NETWORK = "XPR1-A04B-0C1D";

if (!ESPRUINO) console.log("skipped: ESPRUINO is not set (the chip's station and access point)");

let engine: Interpreter;
beforeAll(() => void (engine = new Interpreter()));
afterAll(() => engine.remove());

describe.skipIf(!ESPRUINO)("the station on Espruino", () => {
  test("opens a network beside its own, and gives it up for what matters more", async () => {
    const [home, open, closed, lost, short] = await engine.results("wifi.js");
    // What it is about, is up, has an access point, which is lost; what was done.
    expect(home).toEqual(["at home", true, false, true, ["close", "join home passphrase"]]);
    expect(open).toEqual(["open", true, true, false, [`open ${NETWORK} open 11`]]);
    expect(closed).toEqual(["closed", true, false, true, ["close"]]);
    expect(lost).toEqual(["lost", false, false, true, ["close", "join home passphrase"]]);
    expect(short).toEqual(["short", true, false, true, [`open ${NETWORK} open 11`, "close"]]);
  });
});
