/** A part of story.ts: tokens, with real RSA on both sides. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import xml, { type Element } from "@xmpp/xml";
import { generate } from "selfsigned";
import { afterAll, expect, test } from "vitest";
import { Link, type Reply } from "../../authority/link.js";
import type { Board } from "./board.js";
import { Issuer } from "./issuer.js";
import { tellInOrder, untilOnline } from "./stage.js";
import type { Stage } from "./stage.js";

const NS = "urn:xmpp:iot:provisioning";
const NS_SENSOR = "urn:xmpp:iot:sensordata";
/** What the caller says to each challenge that reaches it, in base64. */
const SAID = Buffer.from("from the caller").toString("base64");
const ANSWER_MS = 50000;

export function tokenStory(onStage: () => Stage, component: string): void {
  const flash = "token.flash";
  let stage: Stage;
  let board: Board;
  let issuer: Issuer;
  let caller: Link;
  let files: string[];
  tellInOrder();
  afterAll(() => issuer?.stop());

  test("a board with a certificate proves that it is its own, and gets a token", async () => {
    stage = onStage();
    const pair = await generate([{ name: "commonName", value: "board" }], {
      algorithm: "sha256", keySize: 2048, keyType: "rsa",
    });
    files = ["--certificate", await save("board.pem", pair.cert),
      "--key", await save("board.key", pair.private)];
    issuer = await untilOnline(() => Issuer.start(stage.component(component)));
    board = await stage.start("prover", flash, ["--provisioning", component, ...files]);
    await expect.poll(() => issuer.tokens.length, { timeout: ANSWER_MS }).toBe(1);
    expect(issuer.asked).toEqual(["getToken", "getTokenChallengeResponse"]);
    await board.event(({ dir, xml: said }) => dir === "in" && !!said?.includes("getTokenResponse"));
  });

  test("who gave it may ask for a proof; nobody else may", async () => {
    const { jid } = await board.state();
    const [token] = issuer.tokens;
    expect(await issuer.challenge(jid!, token!)).toBe(true);
    await expect(issuer.challenge(jid!, token!, "bm8gYmxvY2s=")).rejects.toThrow("bad-request");
    await expect(issuer.challenge(jid!, "another")).rejects.toThrow("forbidden");
    caller = await untilOnline(call);
    const challenge = xml("tokenChallenge", { xmlns: NS, token: token! }, SAID);
    await expect(ask(challenge)).rejects.toThrow("forbidden");
  });

  test("a caller's token is the caller's to prove, through the board", async () => {
    caller.send(xml("presence", { type: "subscribe", to: stage.server.jid("prover") }));
    await board.until(({ friends }) => friends.includes(stage.server.jid("stranger")));
    const read = { xmlns: NS_SENSOR, seqnr: "1", momentary: "true", serviceToken: "ONE TWO" };
    await ask(xml("req", read));
    expect(issuer.asked.at(-1)).toBe("canRead");
    const { jid } = await board.state();
    // The caller has other words than a holder of the board's own key.
    expect(await issuer.challenge(jid!, "TWO")).toBe(false);
    expect(challenges).toEqual(["TWO"]);
    expect(await issuer.challenge(jid!, issuer.tokens[0]!)).toBe(true);
  });

  test("the token outlives the power", async () => {
    await board.cut();
    const { length } = issuer.asked;
    board = await stage.start("", flash, files);
    const read = { xmlns: NS_SENSOR, seqnr: "2", status: "true" };
    await board.until(({ online }) => online);
    await ask(xml("req", read));
    expect(issuer.asked.slice(length)).not.toContain("getToken");
    await Promise.all([caller.stop(), issuer.stop()]);
    expect(await board.stop()).toBe(0);
  });

  const challenges: string[] = [];

  async function call(): Promise<Link> {
    const link = new Link(await stage.account("stranger"), {
      onOnline: () => undefined, onOffline: () => undefined, onPresence: () => undefined,
      onMessage: () => undefined, onFault: () => undefined,
      onRequest: (iq): Reply => {
        const challenge = iq.getChild("tokenChallenge", NS);
        if (!challenge) return null;
        challenges.push(challenge.attrs["token"]!);
        return xml("tokenChallengeResponse", { xmlns: NS }, SAID);
      },
    });
    await link.start();
    link.send(xml("presence"));
    return link;
  }

  async function ask(payload: Element): Promise<unknown> {
    const { jid } = await board.state();
    return caller.request(xml("iq", { type: "get", to: jid! }, payload), ANSWER_MS);
  }

  async function save(name: string, pem: string): Promise<string> {
    const file = join(stage.server.folder, name);
    await writeFile(file, pem);
    return file;
  }
}
