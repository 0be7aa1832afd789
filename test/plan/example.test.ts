import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { INPUT_CHECKS } from '../../src/executors/input-checks.js';
import type { JsonObject } from '../../src/api/json.js';
import { toPlan } from '../../src/plan/workflow-execution/to-plan.js';

describe('toPlan', () => {
  it('plans the example of the README', () => {
    const documents = parseAllDocuments(readFileSync('examples/remediate-web.yaml', 'utf8'));
    const last = documents.at(-1)?.toJS() as { spec: JsonObject };
    const plan = toPlan(last.spec, INPUT_CHECKS);
    expect(plan).toMatchObject({ ok: true, value: { onFailure: 'FailFast', parallelism: 10 } });
  });
});
