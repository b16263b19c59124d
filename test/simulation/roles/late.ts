import { altered, type Role } from "./role.js";

const DELAY_MS_LEAST = 1_000;
const DELAY_MS_SPREAD = 4_000;

/** Everything that it says to the others is seconds old when it leaves. */
export const late: Role = (ports, { clock, random, did }) => {
  const { host } = ports;
  const delayMs = DELAY_MS_LEAST + random.below(DELAY_MS_SPREAD);
  const later = (act: () => void): void => {
    did();
    clock.after(delayMs, act);
  };
  return {
    ...ports,
    host: altered(host, {
      send(peer, protocol, frame) {
        later(() => host.send(peer, protocol, frame));
        return host.peers().includes(peer);
      },
      broadcast(protocol, frame, except) {
        later(() => host.broadcast(protocol, frame, except));
        return host.peers().length;
      },
      publish: (topic, message) => later(() => host.publish(topic, message)),
      serve: (protocol, handler) =>
        host.serve(protocol, async (peer, question) => {
          await new Promise<void>((resolve) => later(resolve));
          return handler(peer, question);
        }),
    }),
  };
};
