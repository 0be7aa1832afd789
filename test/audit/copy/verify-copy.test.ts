import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../src/api/types.js';
import type { CopyFault } from '../../../src/audit/copy/fault.js';
import { verifyCopy } from '../../../src/audit/copy/verify-copy.js';
import type { LedgerLine } from '../../../src/audit/ledger.js';
import { MemoryAuditStore } from '../../../src/audit/memory-store.js';
import type { LedgerStore } from '../../../src/audit/store.js';
import { sampleTrail } from '../sample-trail.js';

const ONE = sampleTrail({ uid: 'one' });
const TWO = sampleTrail({ uid: 'two', name: 'restart-db' });

async function filled<S extends LedgerStore>(store: S, ...trails: readonly (readonly AuditEvent[])[]): Promise<S> {
  for (const trail of trails) await store.append(trail);
  return store;
}

async function verify(from: LedgerStore, to: LedgerStore, refused: readonly string[] = []) {
  const faults: CopyFault[] = [];
  const found = await verifyCopy(
    { from, to },
    {
      refused: new Set(refused),
      signal: new AbortController().signal,
      onFault: (fault) => {
        faults.push(fault);
      },
    },
  );
  return { found, messages: faults.map(({ uid, message }) => `${uid ?? 'store'}: ${message}`) };
}

describe('the verification of a copy', () => {
  it('counts what the target holds, also of its own', async () => {
    const from = await filled(new MemoryAuditStore(), ONE);
    const to = await filled(new MemoryAuditStore(), TWO, ONE);
    expect(await verify(from, to)).toEqual({ found: { runs: 2, events: 8 }, messages: [] });
  });

  it('tells once of a run whose events are not there, and not of one that was refused', async () => {
    const from = await filled(new MemoryAuditStore(), ONE, TWO);
    const to = await filled(new MemoryAuditStore(), TWO.slice(0, 1));
    expect((await verify(from, to, ['one'])).messages).toEqual([
      'two: event 2, which the source took, is not in the target: it came while the trails were copied, or somebody took it out of the source',
    ]);
  });

  it('tells of a trail that is broken in the target', async () => {
    const to = await filled(new MemoryAuditStore(), ONE.slice(1));
    const { messages } = await verify(new MemoryAuditStore(), to);
    expect(messages).toEqual([
      'one: its trail in the target is broken: event 1 is missing: event 2 stands in its place',
    ]);
  });

  it.each(['source', 'target'])('tells of a ledger of the %s out of which somebody took a line', async (which) => {
    class Cut extends MemoryAuditStore {
      override async ledger(...part: Parameters<MemoryAuditStore['ledger']>): Promise<readonly LedgerLine[]> {
        return (await super.ledger(...part)).filter(({ n }) => n !== 2);
      }
    }
    const [cut, whole] = [await filled(new Cut(), ONE), await filled(new MemoryAuditStore(), ONE)];
    const { messages } = which === 'source' ? await verify(cut, whole) : await verify(whole, cut);
    expect(messages).toEqual([`store: the ledger of the ${which} is broken: line 2 is missing`]);
  });
});
