import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../../api/json.js';
import type { BuiltinDefinitions } from '../../schema-port.js';
import type { KindInfo } from '../kinds.js';
import { COMPONENTS, DELETE_OPTIONS, PATCH, STATUS, componentSchemas, schemaName } from './component-schemas.js';
import { type Operation, type PathItem, operationHead, patchTypes, pathsOf } from './paths.js';

const DEFINITIONS = '#/definitions/';

/** The OpenAPI v2 document of all kinds, for programs that know no v3. */
export function openapiV2(kinds: readonly KindInfo[], builtin: BuiltinDefinitions): JsonObject {
  const items = kinds.flatMap(pathsOf);
  const schemas = Object.entries(componentSchemas(kinds, builtin));
  return {
    swagger: '2.0',
    info: { title: 'Lockstep, embedded Kubernetes API server', version: 'v1.35.4' },
    paths: Object.fromEntries(items.map((item) => [item.path, pathItem(item, builtin)])),
    definitions: Object.fromEntries(schemas.map(([name, schema]) => [name, schema && downgrade(schema)])),
  };
}

function pathItem({ path, variables, operations }: PathItem, builtin: BuiltinDefinitions): JsonObject {
  const inPath = variables.map((name): Json => ({ name, in: 'path', required: true, type: 'string' }));
  const calls = operations.map((each): [string, JsonObject] => [each.method, operation(each, path, builtin)]);
  return { ...Object.fromEntries(calls), ...(inPath.length === 0 ? {} : { parameters: inPath }) };
}

function operation(call: Operation, path: string, builtin: BuiltinDefinitions): JsonObject {
  const name = schemaName(call.kind, builtin);
  const answer = { object: name, list: `${name}List`, status: STATUS }[call.answer];
  const body = { object: name, patch: PATCH, deleteOptions: DELETE_OPTIONS, none: undefined }[call.body];
  const query = call.parameters.map(({ name: parameter, type }): Json => ({ name: parameter, in: 'query', type }));
  const sent: readonly Json[] =
    body === undefined
      ? []
      : [{ name: 'body', in: 'body', required: call.body !== 'deleteOptions', schema: { $ref: DEFINITIONS + body } }];
  return {
    ...operationHead(call, path),
    consumes: call.body === 'patch' ? patchTypes(call.kind) : ['*/*'],
    produces: ['application/json'],
    parameters: [...sent, ...query],
    responses: {
      [call.method === 'post' ? '201' : '200']: { description: 'OK', schema: { $ref: DEFINITIONS + answer } },
    },
  };
}

/** What v2 cannot say: the real server leaves it out too (kube-openapi and apiextensions' conversion to v2). */
const UNKNOWN_TO_V2: readonly string[] = ['nullable', 'anyOf', 'oneOf', 'not', 'x-kubernetes-validations', 'default'];

function downgrade(value: Json): Json {
  if (isJsonArray(value)) return value.map(downgrade);
  if (!isJsonObject(value)) return value;
  const { allOf, ...rest } = value;
  const [only] = isJsonArray(allOf) ? allOf : [];
  const reference = isJsonObject(only) ? only['$ref'] : undefined;
  const members = Object.entries(rest).flatMap(([key, member]): readonly [string, Json][] => {
    if (member === undefined || (UNKNOWN_TO_V2.includes(key) && !isPropertyMap(value))) return [];
    if (key === '$ref' && typeof member === 'string') return [[key, member.replace(COMPONENTS, DEFINITIONS)]];
    return [[key, downgrade(member)]];
  });
  const shown = Object.fromEntries(members);
  if (typeof reference === 'string') return { ...shown, $ref: reference.replace(COMPONENTS, DEFINITIONS) };
  // A quantity or a port: v2 knows it as text with a format.
  return value['oneOf'] === undefined || shown['type'] !== undefined ? shown : { ...shown, type: 'string' };
}

/** A map of fields, whose names are anybody's. */
function isPropertyMap(value: JsonObject): boolean {
  return Object.values(value).every(isJsonObject) && value['type'] === undefined && value['$ref'] === undefined;
}
