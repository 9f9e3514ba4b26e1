/** A joiner's stages on the console of Espruino for Linux. */
import type { Status } from "../../firmware/rendezvous/framing.js";
import type { JoinerListener, Stage } from "../../firmware/rendezvous/stage.js";

export class Stages implements JoinerListener {
  onStage(stage: Stage, ssid: string, why: Status): void {
    print("joiner " + stage + " " + why + " " + ssid);
  }
}
