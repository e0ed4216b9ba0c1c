/** All that Runnel uses of undici, loaded with the first request, because loading takes about 55 ms. */
export { Agent, buildConnector, Client } from "undici";
