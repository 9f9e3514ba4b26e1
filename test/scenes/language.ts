/**
 * The sentences of the scenes: what each looks like, and what it does or demands. The first
 * group sets the stage, the second acts, the third looks.
 */
import { Stage } from "./stage.js";

type Act = (stage: Stage, ...said: string[]) => void;

const SERVER = "(Authority|Second|Third|Fourth|Fifth)";
const WHO = `(Visitor|Neighbour|Stranger|${SERVER.slice(1)}`;
const UNITS: Record<string, number> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 };
/** Times beyond this pass with a tick a second. */
const LONG_MS = 120_000;

function demand(isTrue: boolean, otherwise: string): void {
  if (!isTrue) throw new Error(otherwise);
}

function pass(stage: Stage, count: string, unit: string): void {
  const ms = Number(count) * UNITS[unit]!;
  if (ms > LONG_MS) stage.world.skip(ms);
  else stage.world.pass(ms);
}

const GIVEN: [RegExp, Act][] = [
  [/^The authority is an account$/, (stage) => stage.useAccount()],
  [/^The authority does nothing by itself$/, (stage) => {
    stage.provisioning.actor.features = null;
    stage.provisioning.isPolite = false;
  }],
  [/^The authority is no provisioning server$/, (stage) => {
    stage.provisioning.actor.features = [];
  }],
  [/^The authority answers each (\w+) with: (.+)$/, (stage, verb, say) => {
    stage.provisioning.decide(say!, verb);
  }],
  [/^The board can do RSA$/, (stage) => stage.useRsa()],
  [/^The board is preprogrammed with (\S+)$/, (stage, jid) => {
    stage.world.options.provisioning = jid!;
  }],
  [new RegExp(`^${SERVER} answers each (\\w+) with: (.+)$`), (stage, name, verb, say) => {
    stage.server(name!).decide(say!, verb);
  }],
  [/^The board already trusts the authority$/, (stage) => stage.trust()],
  [new RegExp(`^The board already trusts ${SERVER}, too$`), (stage, name) => {
    stage.trustAlso(name!);
  }],
  [new RegExp(`^${WHO} is a friend already$`), (stage, who) => stage.befriend(who!)],
];

const ACTS: [RegExp, Act][] = [
  [/^The board starts$/, (stage) => void stage.world.start()],
  [/^The power fails and comes back$/, (stage) => stage.world.restart()],
  [/^The connection breaks$/, (stage) => stage.world.dropStream()],
  [/^(\d+(?:\.\d+)?) (ms|s|min|h) pass$/, (stage, count, unit) => pass(stage, count!, unit!)],
  [/^Owner presses$/, (stage) => stage.world.owner.press()],
  [/^Owner presses for (\d+(?:\.\d+)?) s$/, (stage, s) => stage.world.owner.press(Number(s) * 1000)],
  [/^Owner holds the button$/, (stage) => stage.world.owner.hold()],
  [/^Owner releases the button$/, (stage) => stage.world.owner.release()],
  [/^The temperature is (\S+)$/, (stage, value) => {
    stage.world.temperature.value = Number(value);
  }],
  [new RegExp(`^${WHO} asks to be a friend$`), (stage, who) => {
    stage.send(who!, "<presence type='subscribe'/>");
  }],
  [new RegExp(`^${WHO} takes the request back$`), (stage, who) => {
    stage.send(who!, "<presence type='unsubscribe'/>");
  }],
  [new RegExp(`^${WHO} goes offline$`), (stage, who) => {
    stage.actor(who!).logout();
    stage.world.settle();
  }],
  [new RegExp(`^${WHO} comes online$`), (stage, who) => {
    stage.actor(who!).login();
    stage.world.settle();
  }],
  [new RegExp(`^${WHO} sends: (<.+>)$`), (stage, who, xml) => stage.send(who!, xml!)],
  [new RegExp(`^${WHO} answers: (<.+>)$`), (stage, who, xml) => stage.answer(who!, xml!)],
  [new RegExp(`^${WHO} answers with the error (\\S+)$`), (stage, who, condition) => {
    stage.answer(who!, condition!);
  }],
];

const LOOKS: [RegExp, Act][] = [
  [/^Light blinks$/, (stage) => demand(stage.world.owner.seesBlinking(), "it does not blink")],
  [/^Light says (\w+)$/, (stage, word) => {
    const { pattern } = stage.world.device.status();
    demand(pattern === word, `it says ${pattern}`);
  }],
  [/^Light is off$/, (stage) => demand(stage.world.owner.seesDark(), "it is not off")],
  [/^(relay\d) is (on|off)$/, (stage, node, state) => {
    demand(stage.world.relays[node!]!.on === (state === "on"), `${node} is not ${state}`);
  }],
  [/^The board trusts nobody$/, (stage) => {
    const trust = stage.world.device.status().trust;
    demand(trust.length === 0, `it trusts ${trust}`);
  }],
  [/^The board trusts the authority$/, (stage) => {
    const trust = stage.world.device.status().trust;
    demand(trust.join() === stage.bare("Authority"), `it trusts ${trust.join() || "nobody"}`);
  }],
  [/^The board trusts (\d) servers$/, (stage, count) => {
    const trust = stage.world.device.status().trust;
    demand(trust.length === Number(count), `it trusts ${trust.join() || "nobody"}`);
  }],
  [new RegExp(`^The board (trusts|does not trust) ${SERVER}$`), (stage, word, name) => {
    const trust = stage.world.device.status().trust;
    demand(trust.includes(stage.bare(name!)) === (word === "trusts"), `it trusts ${trust}`);
  }],
  [/^The board is (online|offline)$/, (stage, state) => {
    demand(stage.world.device.status().online === (state === "online"), `it is not ${state}`);
  }],
  [new RegExp(`^${WHO} is (a|no) friend$`), (stage, who, word) => {
    const isFriend = stage.world.device.status().friends.includes(stage.bare(who!));
    demand(isFriend === (word === "a"), `the board has ${stage.world.device.status().friends}`);
  }],
  [new RegExp(`^${WHO} receives nothing$`), (stage, who) => stage.silent(who!)],
  [new RegExp(`^${WHO} receives: (<.+>)$`), (stage, who, xml) => stage.receive(who!, xml!)],
  [/^(Nothing|Something) new is on flash$/, (stage, word) => {
    const before = stage.operations;
    stage.operations = stage.world.board.flash.operations;
    const isNew = stage.operations > before;
    demand(isNew === (word === "Something"), `${stage.operations - before} operations`);
  }],
  [/^(\d+) decisions? (?:is|are) remembered$/, (stage, count) => {
    const { entries } = stage.world.device.status();
    demand(entries === Number(count), `${entries} are`);
  }],
];

export const SENTENCES: [RegExp, Act][] = [...GIVEN, ...ACTS, ...LOOKS];
