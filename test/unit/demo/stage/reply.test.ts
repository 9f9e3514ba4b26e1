import { expect, test } from "vitest";
import { type Context, replyToAsking, replyToRead, replyToSwitch }
  from "../../../../demo/stage/reply.js";
import type { Field } from "../../../../demo/visitor.js";

const CONTEXT: Context = { isFriend: true, isPowered: true, isTrusting: true, isAuthorityOn: true,
  isRemembered: false };
const field = (name: string, value: string, unit: string, kind = "numeric", node = "sensor"): Field =>
  ({ node, timestamp: "", name, kind, value, unit, types: ["momentary"] });
const TEMPERATURE = field("Temperature", "21.5", "°C");
const RELAY = field("Output", "true", "", "boolean", "relay1");
const refused = (condition: string) => ({ outcome: "refused" as const, condition, text: "" });

test("values are told with their units, and where the permission came from", () => {
  const result = { outcome: "read" as const, fields: [TEMPERATURE, RELAY], failures: [] };
  const reply = replyToRead(result, "all", CONTEXT);
  expect(reply).toMatchObject({ tone: "good", values: [
    { name: "Temperature", value: "21.5 °C" }, { name: "relay1", value: "on" }] });
  expect(reply.text).toContain("asked its provisioning server");
  expect(replyToRead(result, "all", { ...CONTEXT, isRemembered: true }).text)
    .toContain("nobody had to be asked");
});

test("less than was asked for is said to be less", () => {
  const result = { outcome: "read" as const, fields: [TEMPERATURE], failures: [] };
  expect(replyToRead(result, "all", CONTEXT).title).toContain("nothing else");
  expect(replyToRead(result, "temperature", CONTEXT).title).toBe("Here are the values");
});

test("each refusal has its own reason", () => {
  const why = (change: Partial<Context>, condition = "forbidden"): string =>
    replyToRead(refused(condition), "all", { ...CONTEXT, ...change }).text;
  const reasons = [why({}), why({ isRemembered: true }), why({ isTrusting: false }),
    why({}, "remote-server-timeout")];
  expect(new Set(reasons).size).toBe(4);
  expect(reasons[3]).toContain("not remembered");
});

test("a board that is not there is told apart from one that nobody may see", () => {
  const absent = (change: Partial<Context>): string =>
    replyToSwitch({ outcome: "absent" }, "relay1", true, { ...CONTEXT, ...change }).text;
  expect(absent({ isFriend: false })).toContain("Only its friends");
  expect(absent({ isPowered: false })).toContain("plug");
  expect(absent({})).toContain("connecting");
  expect(replyToSwitch({ outcome: "unanswered" }, "relay1", true, CONTEXT).tone).toBe("bad");
});

test("a relay that was switched is said by its name", () => {
  const done = { outcome: "set" as const, nodes: [], parameters: [] };
  expect(replyToSwitch(done, "relay2", false, CONTEXT).title).toBe("relay2 is off");
});

test("why a friendship was refused depends on whom the board listens to", () => {
  const why = (change: Partial<Context>): string =>
    replyToAsking("refused", { ...CONTEXT, ...change }).text;
  expect(new Set([why({}), why({ isTrusting: false }), why({ isAuthorityOn: false })]).size).toBe(3);
  expect(replyToAsking("accepted", CONTEXT).tone).toBe("good");
});
