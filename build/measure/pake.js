/** One multiplication, or some steps of one, on the interpreter: STEPS is prepended by pake.ts. */
import { Ladder } from "firmware/rendezvous/curve.js";
import { createField } from "firmware/rendezvous/field.js";

const scalar = "numbers here are exact or no one";
const point = "a point as it may come from them";
const ladder = new Ladder(createField(E.convolve), scalar, point);
let steps = 0;
let isDone = false;
while (steps < STEPS && !isDone) {
  isDone = ladder.step();
  steps++;
}
print("counted " + steps + " " + btoa(ladder.result));
