/**
 * Looks after what the firmware cannot see from inside: that the heart beats, that memory is left,
 * that Wi-Fi carries something. What it can mend it mends. What it cannot is noted, one letter in
 * the file that `.boot0` keeps, and answered by a restart: never in the first quarter of an hour,
 * so at most four times an hour, without a clock that would have to survive the restart.
 *
 *   what is seen                                   | what is done
 *   -----------------------------------------------+------------------------------------------
 *   a minute of running                            | `s`: this start was a good one
 *   the heart stands still                         | the watchdog, which nobody kicks any more
 *   M  a call ran out of memory                    | restart: what it left undone nobody knows
 *   L  hardly a JsVar free, for a minute           | restart
 *   H  hardly any of the chip's own heap, likewise | restart: the next TLS would fail
 *   E  exceptions without end                      | restart
 *   silence while Wi-Fi says that it is up         | Wi-Fi is joined anew, less and less often
 *   W  Wi-Fi was joined once, is lost, is in sight | restart
 *
 * A server that is away, a Wi-Fi that is away, a wrong password: no restart would bring them back,
 * and each would switch the relays. They are tried again for ever, as they are.
 */
import type { Ticker } from "../hal.js";
import type { Driver } from "./driver.js";
import type { EngineNetwork } from "./socket.js";
import type { Station } from "./wifi.js";

const LOOK_MS = 5000;
/** Who runs for so long has started well; `.boot0` counts the starts that did not. */
const STEADY_MS = 60000;
const RESTART_MIN_MS = 900000;
/** A look over the tree of the largest stanza must find something. */
const JSVARS_MIN = 150;
/** TLS needs 40 kB when it connects; below this nothing does (ENGINE 6). */
const HEAP_BYTES_MIN = 8192;
/** A moment of want is what a large stanza is. */
const WANT_MS = 60000;
/** Of the 125 beats between two looks. One bug in a stanza makes one. */
const EXCEPTIONS_MAX = 50;
/** The firmware asks a silent server after a minute, and has given it up in two. */
const SILENCE_MIN_MS = 600000;
const SILENCE_MAX_MS = 3600000;
const HOUR_MS = 3600000;

export class Supervisor implements Ticker {
  /** What a restart is due for; "" while all is well. */
  fault = "";
  private lookMs = 0;
  private isSteady = false;
  private exceptions = 0;
  private enoughMs = 0;
  private heardMs = 0;
  private patienceMs = SILENCE_MIN_MS;

  /** Without a station (Linux) memory and network are the system's business. */
  constructor(
    private readonly driver: Driver,
    private readonly network: EngineNetwork,
    private readonly station: Station | null,
    private readonly restart: (why: string) => void,
  ) {}

  tick(nowMs: number): void {
    if (nowMs < this.lookMs) return;
    this.lookMs = nowMs + LOOK_MS;
    E.kickWatchdog();
    if (!this.isSteady && nowMs >= STEADY_MS) {
      this.isSteady = true;
      note("s", 0);
    }
    const exceptions = this.driver.faults;
    if (this.driver.isShort) this.suspect("M");
    if (exceptions - this.exceptions > EXCEPTIONS_MAX) this.suspect("E");
    this.exceptions = exceptions;
    if (this.station) {
      this.weigh(nowMs);
      this.listen(nowMs, this.station);
    }
    if (this.fault !== "" && nowMs >= RESTART_MIN_MS) {
      note(this.fault, nowMs);
      this.restart(this.fault);
    }
  }

  /** The first one counts: it is nearer to the cause than what follows from it. */
  private suspect(fault: string): void {
    if (this.fault === "") this.fault = fault;
  }

  private weigh(nowMs: number): void {
    const isLow = process.memory(false).free < JSVARS_MIN;
    if (!isLow && ESP32.getState().freeHeap >= HEAP_BYTES_MIN) this.enoughMs = nowMs;
    if (nowMs - this.enoughMs >= WANT_MS) this.suspect(isLow ? "L" : "H");
  }

  private listen(nowMs: number, station: Station): void {
    if (station.isStuck(nowMs)) this.suspect("W");
    if (this.network.isHeard) this.patienceMs = SILENCE_MIN_MS;
    if (this.network.isHeard || !this.network.isTried || !station.isUp) this.heardMs = nowMs;
    this.network.isHeard = false;
    if (nowMs - this.heardMs < this.patienceMs) return;
    this.heardMs = nowMs;
    this.network.isTried = false;
    this.patienceMs = Math.min(this.patienceMs * 2, SILENCE_MAX_MS);
    station.rejoin(nowMs);
  }
}

/** `.boot0` may be absent: then nobody counts. */
function note(letter: string, nowMs: number): void {
  if (typeof boot === "undefined") return;
  const hours = Math.min(Math.floor(nowMs / HOUR_MS), 999);
  boot.note(letter + ("00" + hours).substr(-3));
}
