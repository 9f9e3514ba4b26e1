/** story.ts on Prosody. */
import { missingProsody, startProsody } from "./prosody.js";
import { tellStory } from "./story.js";

tellStory("Prosody", missingProsody(), startProsody);
