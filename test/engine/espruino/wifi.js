/** The station and its access point on the interpreter, with a Wi-Fi that the test switches. */
import { ChipAccessPoint } from "hal/espruino/accesspoint.js";
import { Station } from "hal/espruino/wifi.js";

THING.said = [];
THING.ssid = "";
THING.isUp = false;
THING.hasAccessPoint = true;
THING.freeHeap = 60000;
global.ESP32 = { getState: () => ({ freeHeap: THING.freeHeap }) };
Modules.addCached("Wifi", "exports.startAP=function(s,o){THING.hasAccessPoint=true;" +
  "THING.said.push('open '+s+' '+o.authMode+' '+o.channel)};" +
  "exports.stopAP=function(){THING.hasAccessPoint=false;THING.said.push('close')};" +
  "exports.connect=function(s,o){THING.ssid=s;" +
  "THING.said.push((THING.hasAccessPoint?'in vain ':'')+'join '+s+' '+o.password)};" +
  "exports.disconnect=function(){THING.isUp=false;THING.said.push('leave')};" +
  "exports.getStatus=function(){return {mode:THING.hasAccessPoint?'APSTA':'STA'," +
  "channel:THING.isUp?11:undefined}};" +
  "exports.getDetails=function(){return THING.isUp?{status:'connected',ssid:THING.ssid}:" +
  "{status:'off'}};" +
  "exports.getIP=function(){return {ip:THING.isUp?'192.0.2.7':'0.0.0.0'}};");

const station = new Station("home", "passphrase");
const accessPoint = new ChipAccessPoint(station, { isDeaf: false });
let nowMs = 0;

function pass(seconds) {
  for (let i = 0; i < seconds * 2; i++) {
    station.tick(nowMs);
    nowMs += 500;
  }
}

function tell(what) {
  print("= " + JSON.stringify([what, station.isUp, THING.hasAccessPoint, accessPoint.isLost(),
    THING.said]));
  THING.said = [];
}

pass(3);
THING.isUp = true;
pass(3);
tell("at home");
accessPoint.open("XPR1-A04B-0C1D");
pass(30);
tell("open");
accessPoint.close();
pass(3);
tell("closed");
accessPoint.open("XPR1-A04B-0C1D");
pass(3);
THING.said = [];
THING.isUp = false;
pass(5);
tell("lost");
THING.isUp = true;
pass(5);
accessPoint.open("XPR1-A04B-0C1D");
THING.freeHeap = 12000;
pass(3);
tell("short");
quit();
