/** The story of ../prosody/story.ts on ejabberd, word for word. */
import { tellStory } from "../prosody/story.js";
import { missingEjabberd, startEjabberd } from "./ejabberd.js";

tellStory("ejabberd", missingEjabberd(), startEjabberd);
