import { MemoryAuditStore } from '../../src/audit/memory-store.js';
import { describeStore } from './store-contract.js';

describeStore('in memory', () => Promise.resolve(new MemoryAuditStore()));
