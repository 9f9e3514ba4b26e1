import { expect, test } from "vitest";
import type { Line } from "../../../../demo/stage/state.js";
import { LINES_MAX, Traffic } from "../../../../demo/stage/traffic.js";

const JIDS = { "board@h": "board", "visitor@h": "visitor", "authority@h": "authority" } as const;

function createTraffic(online: string[], lines: Line[] = []) {
  return new Traffic(JIDS, (jid) => online.includes(jid), (line) => lines.push(line));
}
const hop = (from: string, to: string, xml: string) => ({ from, to, xml });
const ping = '<iq type="get"><ping xmlns="urn:xmpp:ping"/></iq>';

test("a hop is an arrow from party to party", () => {
  const lines: Line[] = [];
  const traffic = createTraffic(["board@h/1", "visitor@h/1"], lines);
  traffic.stanza(hop("visitor@h/1", "board@h/1", '<presence type="subscribe" from="visitor@h"/>'));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ id: 1, kind: "stanza", from: "visitor", to: "board",
    label: "subscribe", isNoise: false, xml: '<presence type="subscribe" from="visitor@h"/>' });
});

test("what is for somebody who is away goes to the server, and is still told", () => {
  const question = '<iq type="get"><canRead xmlns="urn:xmpp:iot:provisioning" jid="visitor@h"/></iq>';
  const traffic = createTraffic(["board@h/1"]);
  expect(traffic.stanza(hop("board@h/1", "authority@h/1", question)))
    .toMatchObject({ from: "board", to: "server", isNoise: false });
  const request = '<presence type="subscribe" from="visitor@h"/>';
  expect(traffic.stanza(hop("visitor@h/1", "board@h", request)))
    .toMatchObject({ from: "visitor", to: "server", isNoise: false });
  const gone = '<presence type="unavailable" from="board@h/1"/>';
  expect(traffic.stanza(hop("board@h/1", "authority@h", gone)).isNoise).toBe(true);
});

test("what an account hears from itself has come from its server", () => {
  const traffic = createTraffic(["board@h/1"]);
  expect(traffic.stanza(hop("board@h", "board@h/1", ping)))
    .toMatchObject({ from: "server", to: "board", isNoise: true });
  expect(traffic.stanza(hop("h", "board@h/1", ping)).from).toBe("server");
});

test("\"I am here\" is told once, until it is over", () => {
  const traffic = createTraffic(["board@h/1", "visitor@h/1"]);
  const tell = (type: string): boolean => traffic.stanza(hop("board@h/1", "visitor@h/1",
    `<presence from="board@h/1"${type}/>`)).isNoise;
  expect([tell(""), tell(""), tell(' type="unavailable"'), tell("")])
    .toEqual([false, true, false, false]);
});

test("the conversation is kept, but not without end", () => {
  const traffic = createTraffic([]);
  for (let count = 0; count <= LINES_MAX; count++) traffic.note("board", String(count));
  expect(traffic.lines).toHaveLength(LINES_MAX);
  expect(traffic.lines[0]!.words).toBe("1");
  expect(traffic.lines.at(-1)).toMatchObject({ kind: "note", words: String(LINES_MAX) });
});
