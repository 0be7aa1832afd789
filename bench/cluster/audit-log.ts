import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Client } from '../../src/runtime/index.js';
import { until } from './connection.js';

/** A request that the API server has answered. */
export interface AuditedCall {
  readonly userAgent: string;
  readonly verb: string;
  /** With a subresource after a slash. */
  readonly resource: string;
  readonly name: string;
  readonly uri: string;
  readonly code: number;
  /** In ms since 1970, with fractions. */
  readonly receivedAt: number;
  readonly answeredAt: number;
}

/** Reads an API server's audit log while it grows. */
export interface AuditLog {
  /** What is answered from now on begins here. */
  mark(): Promise<number>;
  /** All calls since a mark. @throws Error where the log was rotated meanwhile */
  since(mark: number): Promise<readonly AuditedCall[]>;
}

export function openAuditLog(path: string, client: Client): AuditLog {
  const size = async (): Promise<number> => (await stat(path)).size;
  return {
    mark: size,
    async since(mark) {
      const sign = `bench-${Date.now().toString(36)}`;
      await client.call({ method: 'GET', path: '/version', query: { sign } });
      let calls: readonly AuditedCall[] = [];
      await until(`the audit log ${path} to show a request of the benchmark`, async () => {
        if ((await size()) < mark) throw new Error(`${path} was rotated; start the API server with a fresh log`);
        calls = await read(path, mark);
        return calls.some(({ uri }) => uri.endsWith(sign));
      });
      return calls;
    },
  };
}

async function read(path: string, start: number): Promise<readonly AuditedCall[]> {
  const calls: AuditedCall[] = [];
  for await (const line of createInterface({ input: createReadStream(path, { start }) })) {
    const call = readCall(line);
    if (call !== null) calls.push(call);
  }
  return calls;
}

interface AuditLine {
  readonly stage: string;
  readonly verb: string;
  readonly userAgent?: string;
  readonly requestURI: string;
  readonly objectRef?: { readonly resource?: string; readonly subresource?: string; readonly name?: string };
  readonly responseStatus?: { readonly code?: number };
  readonly requestReceivedTimestamp: string;
  readonly stageTimestamp: string;
}

/** Null: not the end of a request (or a watch's beginning), or a line that is still being written. */
export function readCall(line: string): AuditedCall | null {
  if (!line.endsWith('}')) return null;
  const event = JSON.parse(line) as AuditLine;
  const { objectRef = {}, verb } = event;
  if (event.stage !== (verb === 'watch' ? 'ResponseStarted' : 'ResponseComplete')) return null;
  return {
    userAgent: event.userAgent ?? '',
    verb,
    resource: [objectRef.resource, objectRef.subresource].filter((part) => part !== undefined).join('/'),
    name: objectRef.name ?? '',
    uri: event.requestURI,
    code: event.responseStatus?.code ?? 0,
    receivedAt: millis(event.requestReceivedTimestamp),
    answeredAt: millis(event.stageTimestamp),
  };
}

/** Of a time with microseconds, which Date.parse drops. */
function millis(time: string): number {
  return Date.parse(`${time.slice(0, 19)}Z`) + Number(`0${/\.\d+/.exec(time)?.[0] ?? ''}`) * 1_000;
}
