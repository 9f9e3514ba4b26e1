/** What is parsed: the stanzas of a device's ordinary day, as a server sends them. */
const DEVICE = "device@home.example/3ab1c9f2";
const VISITOR = "visitor@home.example/5b1d0e77";
const SERVER = "provisioning.home.example";

export const HEADER = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
  + "xmlns:stream='http://etherx.jabber.org/streams' id='1' from='home.example' version='1.0'>";

export const STANZAS: string[] = [
  `<iq type='get' from='${VISITOR}' to='${DEVICE}' id='17'>`
    + "<req xmlns='urn:xmpp:iot:sensordata' seqnr='17' momentary='true'>"
    + "<node nodeId='sensor'/><field name='Temperature'/></req></iq>",
  `<iq type='result' from='${SERVER}' to='${DEVICE}' id='9f86d081884c7d65'>`
    + "<canReadResponse xmlns='urn:xmpp:iot:provisioning' jid='visitor@home.example' "
    + "result='true'><node nodeId='sensor'/><field name='Temperature'/></canReadResponse></iq>",
  `<iq type='set' from='${VISITOR}' to='${DEVICE}' id='18'>`
    + "<set xmlns='urn:xmpp:iot:control'><node nodeId='relay1'/>"
    + "<boolean name='Output' value='true'/></set></iq>",
  `<presence from='${VISITOR}' to='${DEVICE}'><c xmlns='http://jabber.org/protocol/caps' `
    + "hash='sha-1' node='http://slixmpp.com/ver/1.8.3' ver='q07IKJEyjvHSyhy//CH0CxmKi8w='/>"
    + "</presence>",
  `<iq type='set' from='${SERVER}' to='${DEVICE}' id='clear-1'>`
    + "<clearCache xmlns='urn:xmpp:iot:provisioning'/></iq>",
  `<message from='${VISITOR}' to='${DEVICE}' type='chat'><body>what &amp; who &lt;are&gt; you?`
    + "</body><active xmlns='http://jabber.org/protocol/chatstates'/></message>",
];

export const BATCH = STANZAS.join("");
