import { once } from 'node:events';
import { type Socket, connect, createServer } from 'node:net';

/** A TCP port before a socket that can lose connections, and answers, on purpose. */
export interface TcpRelay {
  readonly port: number;
  /** Breaks all connections now. */
  breakAll(): void;
  /** Breaks each connection as soon as a request holds this text, after the server has had it and before its answer. */
  breakAfter(text: string | null): void;
  /** From a request that holds this text on nothing more is carried; see `muted`. */
  muteAfter(text: string): void;
  /** Settles when that has come. */
  readonly muted: Promise<void>;
  /** True: what comes from either side goes nowhere; connections stay open. */
  silent(silent: boolean): void;
  close(): Promise<void>;
}

/** Opens a port on loopback that leads to a Unix socket. */
export async function openTcpRelay(target: string): Promise<TcpRelay> {
  const open = new Set<Socket>();
  let last: string | null = null;
  let mute = false;
  let muteText: string | null = null;
  let tellMuted = (): void => undefined;
  const muted = new Promise<void>((resolve) => {
    tellMuted = resolve;
  });
  const server = createServer((near) => {
    const far = connect(target);
    let cut = false;
    let stop = false;
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        open.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.on('data', (data) => {
      if (mute) return;
      cut ||= last !== null && data.includes(last);
      stop ||= muteText !== null && data.includes(muteText);
      far.write(data);
    });
    far.on('data', (data) => {
      if (mute) return;
      // The server's answer is the proof that it has done what it was asked.
      if (cut) near.destroy();
      else if (stop) {
        mute = true;
        tellMuted();
      } else near.write(data);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const breakAll = (): void => {
    for (const socket of open) socket.destroy();
  };
  return {
    port: address.port,
    breakAll,
    muted,
    muteAfter: (text) => {
      muteText = text;
    },
    breakAfter: (text) => {
      last = text;
    },
    silent: (silent) => {
      mute = silent;
    },
    close: async () => {
      breakAll();
      server.close();
      await once(server, 'close');
    },
  };
}
