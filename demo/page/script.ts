/** The page's beginning: what the demo tells is shown, what a person does is ordered. */
import type { Bulletin, StageState } from "../stage/state.js";
import { startBoard, showBoard } from "./board.js";
import { addLine, startDialogue, resetLines } from "./dialogue.js";
import { find } from "./element.js";
import { showOffice, startOffice } from "./office.js";
import { showNewcomer, startNewcomer } from "./newcomer.js";
import { listenForOrders } from "./order.js";
import { showStory } from "./story.js";
import { showVisitor } from "./visitor.js";

function showState(state: StageState): void {
  showStory(state.steps);
  showBoard(state.board);
  showOffice(state.authority, state.board);
  showVisitor(state.visitor);
  showNewcomer(state.newcomer);
}

function take(bulletin: Bulletin): void {
  if (bulletin.type === "line") return addLine(bulletin.line);
  if (bulletin.type === "hello") resetLines(bulletin.lines);
  showState(bulletin.state);
}

startBoard();
startOffice();
startNewcomer();
startDialogue();
listenForOrders();
const events = new EventSource("/events");
events.onopen = () => { find("lost").hidden = true; };
events.onerror = () => { find("lost").hidden = false; };
events.onmessage = (message) => take(JSON.parse(message.data as string) as Bulletin);
