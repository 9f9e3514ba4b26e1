/**
 * The least that can be called a read-out on this interpreter: find three attributes, write one
 * ready-made answer. It understands nothing, checks nothing and asks nobody. What the firmware
 * costs is told in multiples of it. PORT is a global.
 */
var link = require("net").connect({ host: "127.0.0.1", port: PORT });
var heard = "";

function attribute(name) {
  var start = heard.indexOf(" " + name + "=\"") + name.length + 3;
  return heard.substring(start, heard.indexOf("\"", start));
}

link.on("data", function (bytes) {
  heard += bytes;
  if (heard.indexOf("</iq>") < 0) return;
  var id = attribute("id");
  var from = attribute("from");
  var seqnr = attribute("seqnr");
  heard = "";
  link.write("<iq type='result' id='" + id + "' to='" + from + "'><accepted"
    + " xmlns='urn:xmpp:iot:sensordata' seqnr='" + seqnr + "'/></iq><message to='" + from
    + "'><fields xmlns='urn:xmpp:iot:sensordata' seqnr='" + seqnr + "' done='true'>"
    + "<node nodeId='sensor'><timestamp value='2026-11-21T12:00:00Z'>"
    + "<numeric name='Temperature' momentary='true' automaticReadout='true' value='21.5'"
    + " unit='\xC2\xB0C'/></timestamp></node></fields></message>");
});
print("online reference");
