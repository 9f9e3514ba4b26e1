/** What a person does becomes an order to the demo. */
import { find, show } from "./element.js";

const TOAST_MS = 5000;

let queue: Promise<unknown> = Promise.resolve();
let timer = 0;

/** One after another, so that "up" never overtakes "down". */
export function order(act: string, body: object = {}): Promise<unknown> {
  queue = queue.then(() => post(act, body));
  return queue;
}

async function post(act: string, body: object): Promise<void> {
  try {
    const response = await fetch(`/act/${act}`, { method: "POST", keepalive: true,
      headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    if (response.ok) return;
    const { error } = await response.json() as { error: string };
    toast(`That is not possible now: ${error}.`);
  } catch {
    // The feed tells when the demo has gone.
  }
}

function toast(text: string): void {
  clearTimeout(timer);
  const element = find("toast");
  show(element, text);
  element.classList.add("shown");
  timer = window.setTimeout(() => element.classList.remove("shown"), TOAST_MS);
}

/** Every button that names its act, also one that is made later. */
export function listenForOrders(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("button[data-act]");
    if (!button || button.getAttribute("aria-disabled") === "true") return;
    void order(button.dataset["act"]!, JSON.parse(button.dataset["body"] ?? "{}") as object);
  });
}
