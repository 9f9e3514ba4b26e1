import { WordCounter } from "../firmware/store/counter.js";
import { Story } from "../firmware/thing/story.js";
import { Console } from "../hal/espruino/console.js";

new Story(new WordCounter(), new Console()).tell("the relay  and\tthe other relay");
