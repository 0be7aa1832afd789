import { MemoryAuditStore } from '../../src/audit/memory-store.js';
import { describeStore } from './store-contract.js';

describeStore('in memory', () => {
  const store = new MemoryAuditStore();
  return Promise.resolve({ open: () => Promise.resolve(store) });
});
