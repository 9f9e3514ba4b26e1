/** What an authority tells those who listen. */
import type { ClearOutcome } from "./clearing.js";
import type { Answer, Question } from "./decision.js";
import type { Device } from "./device.js";
import type { BefriendOutcome } from "./friendship.js";
import type { InvitationNews } from "./invitation.js";
import type { PendingQuestion } from "./question.js";

export interface AuthorityEvents {
  online: [jid: string];
  offline: [];
  /** Every answer that has been given. */
  decision: [question: Question, answer: Answer];
  /** A person is wanted. */
  question: [pending: PendingQuestion];
  /** Rules or questions are others than before. */
  change: [];
  /** A device is known, reachable or stale in another way than before. */
  device: [device: Device];
  friendship: [device: string, state: "requested" | "ended" | BefriendOutcome];
  clear: [device: string, outcome: ClearOutcome];
  /** Of a device that waits for a new board. */
  invitation: [device: string, news: InvitationNews];
  fault: [error: Error];
}
