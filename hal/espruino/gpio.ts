/**
 * Pins. No `setWatch`: it forces a pull-up on the ESP32 and repeats events; the firmware samples
 * its button at every tick and removes the bouncing itself.
 */
import type { AnalogIn, DigitalIn, DigitalOut } from "../hal.js";

/** Noise of the converter is some 10 mV; this many readings take 3 ms and halve it twice. */
const SAMPLES = 16;

export class PinOut implements DigitalOut {
  /** `on` is the level that switches on: 1, or 0 for a load wired against the supply. */
  constructor(private readonly pin: Pin, private readonly on: number) {
    // The level before the direction, so that a relay does not click at the start: `digitalWrite`
    // makes the pin an output by itself, unless its mode was chosen.
    pinMode(pin, "input");
    digitalWrite(pin, 1 - on);
    pinMode(pin, "output");
  }

  write(isOn: boolean): void {
    digitalWrite(this.pin, isOn ? this.on : 1 - this.on);
  }
}

export class PinIn implements DigitalIn {
  /** `on` is the level of a pressed button; `mode` is "input", "input_pullup" or "_pulldown". */
  constructor(private readonly pin: Pin, private readonly on: number, mode: string) {
    pinMode(pin, mode);
  }

  read(): boolean {
    return digitalRead(this.pin) === this.on;
  }
}

export class PinAnalog implements AnalogIn {
  /** `convert` is given the fraction of full scale, 0 to 1. */
  constructor(private readonly pin: Pin, private readonly convert: (part: number) => number) {
    pinMode(pin, "analog");
  }

  read(): number {
    let sum = 0;
    for (let i = 0; i < SAMPLES; i++) sum += analogRead(this.pin);
    return this.convert(sum / SAMPLES);
  }
}

/** Full scale of the classic ESP32's converter at the attenuation that Espruino chooses (11 dB). */
const FULL_VOLTS = 3.6;
/** Nearer to the rails than this is a wire that is broken or shorted, not a temperature. */
const RAIL_PART = 0.02;
const SUPPLY_PART = 3.3 / FULL_VOLTS;
const KELVIN = 273.15;

/** LM35: 10 mV for each degree Celsius. Below some 10 degrees the converter sees nothing. */
export function lm35(part: number): number {
  return part < RAIL_PART || part > 1 - RAIL_PART ? NaN : part * FULL_VOLTS * 100;
}

/** The common NTC (10 kOhm at 25 degrees, B = 3950) to ground, 10 kOhm to the 3.3 V supply. */
export function ntc10k(part: number): number {
  const level = part / SUPPLY_PART;
  if (level < RAIL_PART || level > 1 - RAIL_PART) return NaN;
  return 1 / (1 / (25 + KELVIN) + Math.log(level / (1 - level)) / 3950) - KELVIN;
}
