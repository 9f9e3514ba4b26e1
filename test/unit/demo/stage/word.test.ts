import { parse } from "ltx";
import { describe, expect, test } from "vitest";
import type { Lane } from "../../../../demo/stage/state.js";
import { describe as tell } from "../../../../demo/stage/word.js";

const PROVISIONING = 'xmlns="urn:xmpp:iot:provisioning"';
const SENSOR = 'xmlns="urn:xmpp:iot:sensordata"';
const CONTROL = 'xmlns="urn:xmpp:iot:control"';
const ERRORS = 'xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"';

function words(xml: string, from: Lane = "board", to: Lane = "authority"): string {
  const { label, words: said, tone, isNoise } = tell(parse(xml), from, to);
  return `${label}: ${said} (${tone})${isNoise ? " noise" : ""}`;
}

describe("the questions of XEP-0324", () => {
  test.each([
    [`<iq type="get"><isFriend ${PROVISIONING} jid="v@h"/></iq>`,
      "isFriend: Is the visitor a friend? (plain)"],
    [`<iq type="get"><canRead ${PROVISIONING} jid="v@h" momentary="true"/></iq>`,
      "canRead: May the visitor read everything? (plain)"],
    [`<iq type="get"><canRead ${PROVISIONING} jid="v@h"><field name="Temperature"/></canRead></iq>`,
      "canRead: May the visitor read Temperature? (plain)"],
    [`<iq type="get"><canControl ${PROVISIONING} jid="v@h"><node nodeId="relay1"/></canControl></iq>`,
      "canControl: May the visitor switch relay1? (plain)"],
    [`<iq type="result"><canReadResponse ${PROVISIONING} result="false"/></iq>`,
      "canReadResponse: No (bad)"],
    [`<iq type="result"><canReadResponse ${PROVISIONING} result="true"/></iq>`,
      "canReadResponse: Yes (good)"],
    [`<iq type="result"><canReadResponse ${PROVISIONING} result="true"><field name="Temperature"/>`
      + "</canReadResponse></iq>", "canReadResponse: Yes, but only Temperature (good)"],
    [`<iq type="set"><clearCache ${PROVISIONING}/></iq>`,
      "clearCache: Forget what I have told you (plain)"],
    [`<iq type="result"><clearCacheResponse ${PROVISIONING}/></iq>`,
      "clearCacheResponse: Forgotten (good)"],
    [`<iq type="error"><canRead ${PROVISIONING} jid="v@h"/><error type="cancel">`
      + `<service-unavailable ${ERRORS}/></error></iq>`,
    "canRead · error: Nobody there to answer (bad)"],
  ])("%s", (xml, said) => expect(words(xml)).toBe(said));
});

describe("reading and switching", () => {
  test.each([
    [`<iq type="get"><req ${SENSOR} seqnr="1" momentary="true"/></iq>`,
      "req: Tell me everything (plain)"],
    [`<iq type="result"><accepted ${SENSOR} seqnr="1"/></iq>`,
      "accepted: Allowed: the values follow (good)"],
    [`<message><fields ${SENSOR} seqnr="1" done="true"><node nodeId="sensor"><timestamp value="x">`
      + '<numeric name="Temperature" value="21.5" unit="°C"/></timestamp></node>'
      + '<node nodeId="relay1"><timestamp value="x"><boolean name="Output" value="true"/>'
      + "</timestamp></node></fields></message>", "fields: 21.5 °C, relay1 on (good)"],
    [`<iq type="error"><rejected ${SENSOR} seqnr="1"/><error type="cancel"><forbidden ${ERRORS}/>`
      + "</error></iq>", "rejected: No, you may not (bad)"],
    [`<iq type="error"><rejected ${SENSOR} seqnr="1"/><error type="wait">`
      + `<remote-server-timeout ${ERRORS}/></error></iq>`,
    "rejected: Not now: nobody could tell me whether you may (bad)"],
    [`<iq type="set"><set ${CONTROL}><node nodeId="relay2"/><boolean name="Output" value="false"/>`
      + "</set></iq>", "set: Switch relay2 off (plain)"],
    [`<iq type="result"><setResponse ${CONTROL}/></iq>`, "setResponse: Done (good)"],
  ])("%s", (xml, said) => expect(words(xml, "board", "visitor")).toBe(said));
});

describe("what does not belong to the story", () => {
  test.each<[string, Lane, Lane]>([
    ['<iq type="get"><query xmlns="jabber:iq:roster"/></iq>', "board", "server"],
    ['<iq type="get"><ping xmlns="urn:xmpp:ping"/></iq>', "board", "authority"],
    ['<iq type="result"/>', "visitor", "server"],
    ['<presence from="board@h/x"/>', "board", "server"],
    ['<presence from="board@h" type="unavailable"/>', "board", "visitor"],
    ['<presence type="probe"/>', "board", "visitor"],
  ])("%s", (xml, from, to) => expect(tell(parse(xml), from, to).isNoise).toBe(true));

  test("friendship does, and who is there", () => {
    expect(words('<presence type="subscribe"/>')).toBe("subscribe: May I be your friend? (plain)");
    expect(words('<presence type="unsubscribed"/>'))
      .toBe("unsubscribed: No, we are not friends (bad)");
    expect(words('<presence from="board@h/x"/>')).toBe("presence: I am here (plain)");
  });
});
