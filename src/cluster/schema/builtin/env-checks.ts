import { isJsonObject, type JsonObject } from '../../../api/json.js';
import { invalid, required, type FieldError } from '../../field-error.js';
import { requireText, type Check } from './field-checks.js';
import { objectsIn, textIn } from './json-members.js';

const sources = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'];
/** Fields that the downward API gives to a variable. */
const podFields =
  /^(?:metadata\.(?:name|namespace|uid|labels\['[^']+'\]|annotations\['[^']+'\])|spec\.(?:nodeName|serviceAccountName)|status\.(?:hostIP|hostIPs|podIP|podIPs))$/;

export function checkEnv(container: JsonObject, path: string): Check {
  return [
    ...objectsIn(container, 'env').flatMap((variable, index) => checkVariable(variable, `${path}.env[${index}]`)),
    ...objectsIn(container, 'envFrom').flatMap((source, index) => checkEnvFrom(source, `${path}.envFrom`, index)),
  ];
}

function checkVariable(variable: JsonObject, path: string): Check {
  const name = textIn(variable, 'name');
  const errors: FieldError[] = [];
  if (name === '') errors.push(required(`${path}.name`));
  else if (!/^[ -<>-~]+$/.test(name)) {
    const why = "a valid environment variable name must consist only of printable ASCII characters other than '='";
    errors.push(invalid(`${path}.name`, name, why));
  }
  const valueFrom = variable['valueFrom'];
  if (isJsonObject(valueFrom)) errors.push(...checkSource(valueFrom, textIn(variable, 'value'), `${path}.valueFrom`));
  return errors;
}

function checkSource(source: JsonObject, value: string, path: string): Check {
  const errors: FieldError[] = [];
  const field = source['fieldRef'];
  if (isJsonObject(field)) errors.push(...checkFieldRef(textIn(field, 'fieldPath'), `${path}.fieldRef.fieldPath`));
  for (const kind of ['configMapKeyRef', 'secretKeyRef']) {
    const reference = source[kind];
    if (!isJsonObject(reference)) continue;
    errors.push(
      ...requireText(reference, 'name', `${path}.${kind}`),
      ...requireText(reference, 'key', `${path}.${kind}`),
    );
  }
  const set = sources.filter((kind) => source[kind] !== undefined);
  if (set.length === 0) {
    const why =
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`';
    errors.push(invalid(path, '', why));
  } else if (value !== '') errors.push(invalid(path, '', 'may not be specified when `value` is not empty'));
  else if (set.length > 1) errors.push(invalid(path, '', 'may not have more than one field specified at a time'));
  return errors;
}

function checkFieldRef(fieldPath: string, path: string): Check {
  if (fieldPath === '') return [required(path)];
  if (podFields.test(fieldPath)) return [];
  return [invalid(path, fieldPath, `error converting fieldPath: field label not supported: ${fieldPath}`)];
}

function checkEnvFrom(source: JsonObject, path: string, index: number): Check {
  const set = ['configMapRef', 'secretRef'].filter((kind) => source[kind] !== undefined);
  if (set.length === 0) return [invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`')];
  if (set.length > 1) return [invalid(path, '', 'may not have more than one field specified at a time')];
  return set.flatMap((kind) => {
    const reference = source[kind];
    return isJsonObject(reference) ? requireText(reference, 'name', `${path}[${index}].${kind}`) : [];
  });
}
