/** First import of every entry point and worker: natives are in place before anything is hashed. */
import "#p2p/transport/polyfill.js";
import { useNatives } from "./natives.js";

useNatives();
