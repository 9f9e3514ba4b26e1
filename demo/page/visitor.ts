/** The visitor: where it stands, and what it was told. */
import type { Reply, VisitorView } from "../stage/state.js";
import { create, find, rebuild, show, toggle } from "./element.js";

const STANDING: Record<VisitorView["friendship"], string> = {
  none: "a stranger", asking: "has asked", refused: "was refused", accepted: "a friend",
};

export function showVisitor(view: VisitorView): void {
  show(find("visitor-jid"), view.jid);
  const isFriend = view.friendship === "accepted";
  show(find("visitor-state"), STANDING[view.friendship]);
  toggle(find("visitor-state"), "good", isFriend);
  toggle(find("visitor-state"), "bad", view.friendship === "refused");
  const [gone, there] = isFriend ? [find("ask"), find("leave")] : [find("leave"), find("ask")];
  const isFocused = document.activeElement === gone;
  gone.hidden = true;
  there.hidden = false;
  // A button that vanishes must not take the keyboard's place with it.
  if (isFocused) there.focus({ preventScroll: true });
  const reply = find("reply");
  toggle(reply, "busy", view.isBusy);
  for (const button of find("visitor").querySelectorAll("button")) {
    button.setAttribute("aria-disabled", String(view.isBusy));
  }
  rebuild(reply, [view.isBusy, view.reply], () => view.isBusy
    ? [create("p", { className: "title" }, "Waiting for an answer …")]
    : view.reply ? drawReply(view.reply)
      : [create("p", { className: "faint" }, "What the visitor is told will be written here.")]);
}

export function drawReply(reply: Reply): HTMLElement[] {
  const title = create("p", { className: `title ${reply.tone}` }, reply.title);
  const text = create("p", {}, reply.text);
  if (reply.values.length === 0) return [title, text];
  const values = create("dl", { className: "values" }, ...reply.values.map(({ name, value }) =>
    create("div", {}, create("dt", {}, name), create("dd", {}, value))));
  return [title, values, text];
}
