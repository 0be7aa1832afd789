import type { Json, JsonObject } from '../../api/json.js';
import { readTimeouts } from '../read-timeouts.js';
import { at } from '../field-path.js';
import type { InputChecks } from '../input-checks.js';
import { inputPath, textMember } from '../input-path.js';
import type { OutputDeclaration, PlannedTask } from '../plan.js';
import type { SpecReader } from '../spec-reader.js';
import { checkReruns } from './check-reruns.js';
import { readOnCall } from './on-call.js';
import { readRetry } from '../read-retry.js';

/** Longest step name: with the run's name and a digest it must fit into an object's name. */
const STEP_NAME = /^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/;
const MAX_OUTPUTS = 16;
const MAX_WHEN = 1_024;

interface StepPlace {
  readonly path: string;
  readonly group: 'main' | 'finally';
  readonly executors: InputChecks;
}

/** Reads one step; `dependsOn` is for the caller, who knows the others. */
export function readStep(reader: SpecReader, value: Json, { path, group, executors }: StepPlace): PlannedTask {
  const step = reader.object(value, path);
  const name = reader.string(step['name'], `${path}.name`) ?? '';
  if (!STEP_NAME.test(name)) {
    reader.report(
      `${path}.name`,
      `${JSON.stringify(name.slice(0, 63))} is no step name: at most 40 of a-z, 0-9 and -, neither first nor last a -`,
    );
  }
  const idempotent = reader.boolean(step['idempotent'], `${path}.idempotent`);
  const when = reader.string(step['when'], `${path}.when`);
  if (when !== null && when.length > MAX_WHEN) reader.report(`${path}.when`, `is longer than ${MAX_WHEN} characters`);
  const evidence = reader.object(step['evidence'], `${path}.evidence`);
  const { executor, input } = readWork(reader, step, { path, name, executors });
  const onCall = readOnCall(reader, step['onCall'], `${path}.onCall`);
  const outputs = readOutputs(reader, step['outputs'], `${path}.outputs`);
  checkReruns(reader, input, { path, name, executor, idempotent });
  return {
    name,
    path,
    group,
    dependsOn: [],
    executor,
    input,
    when,
    idempotent,
    timeouts: readTimeouts(reader, step['timeouts'], `${path}.timeouts`),
    retry: readRetry(reader, step['retry'], { path: `${path}.retry`, idempotent }),
    outputs,
    // A step that writes a sensitive output writes it as its termination message, which is what would be quoted.
    quoteLogs:
      reader.word(evidence['logs'], `${path}.evidence.logs`, ['Tail', 'None']) === 'Tail' &&
      !outputs.some((output) => output.sensitive === true),
    ...(onCall === undefined ? {} : { onCall }),
  };
}

interface WorkPlace {
  readonly path: string;
  readonly name: string;
  readonly executors: InputChecks;
}

/** A step names its executor by the field that is set, as a Kubernetes volume names its type. */
function readWork(
  reader: SpecReader,
  step: JsonObject,
  { path, name, executors }: WorkPlace,
): { executor: string; input: JsonObject } {
  const known = [...executors.keys()];
  const set = known.filter((key) => step[key] !== undefined);
  const [executor, other] = set;
  if (executor === undefined || other !== undefined) {
    const found = other === undefined ? 'none is set' : `${set.join(' and ')} are set`;
    const place = other === undefined ? path : at(path, other);
    reader.report(place, `step ${name}: set exactly one of ${known.join(', ')}; ${found}`);
    return { executor: executor ?? '', input: {} };
  }
  const field = at(path, executor);
  const value = step[executor];
  const member = textMember(executor);
  if (member !== null && typeof value !== 'string') {
    reader.report(field, 'must be a string');
    return { executor, input: {} };
  }
  const input = member !== null && value !== undefined ? { [member]: value } : reader.object(value, field);
  for (const problem of executors.get(executor)?.validate(input) ?? []) {
    reader.report(inputPath({ path, executor }, problem.path), problem.message);
  }
  return { executor, input };
}

function readOutputs(reader: SpecReader, value: Json | undefined, path: string): OutputDeclaration[] {
  const seen = new Set<string>();
  const list = reader.list(value, path);
  if (list.length > MAX_OUTPUTS)
    reader.report(path, `may hold at most ${MAX_OUTPUTS} outputs, and holds ${list.length}`);
  return list.slice(0, MAX_OUTPUTS).map((item, index) => {
    const own = at(path, index);
    const output = reader.object(item, own);
    const name = reader.string(output['name'], at(own, 'name')) ?? '';
    if (!/^[a-zA-Z_][a-zA-Z0-9_]{0,62}$/.test(name))
      reader.report(at(own, 'name'), `${JSON.stringify(name.slice(0, 63))} is no identifier`);
    else if (seen.has(name)) reader.report(at(own, 'name'), `there is another output ${name}`);
    seen.add(name);
    return {
      name,
      type: reader.word(output['type'], at(own, 'type'), ['string', 'integer', 'number', 'boolean']),
      ...(reader.boolean(output['sensitive'], at(own, 'sensitive')) ? { sensitive: true as const } : {}),
    };
  });
}
