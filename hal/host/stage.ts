/** A joiner's stages and why they ended, in words, for a log. */
import { Status } from "../../firmware/rendezvous/framing.js";
import { Stage } from "../../firmware/rendezvous/stage.js";
import { fromWire } from "./text.js";

const STAGES: Record<number, string> = {
  [Stage.Closed]: "waits for a press of its button",
  [Stage.Scanning]: "looks for networks",
  [Stage.Associating]: "joins",
  [Stage.Dialling]: "connects",
  [Stage.Identifying]: "says what it is",
  [Stage.Proving]: "proves that it knows the code",
  [Stage.Secured]: "is being handed over",
  [Stage.Homing]: "tries its new network and account",
  [Stage.Done]: "is commissioned",
};

const REASONS: Record<number, string> = {
  [Status.Reject]: "not what was wanted",
  [Status.Auth]: "the other side does not know the code",
  [Status.Busy]: "the other side is busy",
  [Status.Timeout]: "no answer in time",
  [Status.Error]: "the connection broke off",
  [Status.NoNetwork]: "the network does not let it in",
  [Status.NoLogin]: "the account does not work",
  [Status.NoFlash]: "the flash does not take it",
  [Status.FailSafe]: "the fail-safe is another one",
};

export function sayStage(stage: Stage, ssid: string, why: Status): string {
  const words = STAGES[stage] ?? String(stage);
  const where = ssid === "" ? "" : ` (${fromWire(ssid)})`;
  return `${words}${where}${why === Status.Ok ? "" : `: ${sayReason(why)}`}`;
}

export function sayReason(why: Status): string {
  return REASONS[why] ?? "it ended";
}
