/** A board's button, drawn: it is down as long as a finger, or a key, holds it. */
import { toggle } from "./element.js";
import { order } from "./order.js";

/** `act` is told `{"down":…}` of each edge. */
export function startButton(button: SVGElement, act: string): void {
  const move = (isDown: boolean): void => {
    if (button.classList.contains("down") === isDown) return;
    toggle(button, "down", isDown);
    button.setAttribute("aria-pressed", String(isDown));
    void order(act, { down: isDown });
  };
  button.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    button.setPointerCapture(event.pointerId);
    move(true);
  });
  for (const name of ["pointerup", "pointercancel", "blur"]) {
    button.addEventListener(name, () => move(false));
  }
  addEventListener("pagehide", () => move(false));
  button.addEventListener("keydown", (event) => {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    move(true);
  });
  button.addEventListener("keyup", (event) => {
    if (event.key === " " || event.key === "Enter") move(false);
  });
}
