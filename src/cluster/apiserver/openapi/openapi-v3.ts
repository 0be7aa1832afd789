import type { Json, JsonObject } from '../../../api/json.js';
import type { BuiltinDefinitions } from '../../schema-port.js';
import type { KindInfo } from '../kinds.js';
import { COMPONENTS, DELETE_OPTIONS, PATCH, STATUS, componentSchemas, schemaName } from './component-schemas.js';
import { type Operation, type PathItem, operationHead, patchTypes, pathsOf } from './paths.js';

/** The OpenAPI v3 document of one group and version. */
export function openapiV3(kinds: readonly KindInfo[], builtin: BuiltinDefinitions): JsonObject {
  const items = kinds.flatMap(pathsOf);
  return {
    openapi: '3.0.0',
    info: { title: 'Lockstep, embedded Kubernetes API server', version: 'v1.35.4' },
    paths: Object.fromEntries(items.map((item) => [item.path, pathItem(item, builtin)])),
    components: { schemas: componentSchemas(kinds, builtin) },
  };
}

function pathItem({ path, variables, operations }: PathItem, builtin: BuiltinDefinitions): JsonObject {
  const inPath = variables.map((name): Json => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
  const calls = operations.map((each): [string, JsonObject] => [each.method, operation(each, path, builtin)]);
  return { ...Object.fromEntries(calls), ...(inPath.length === 0 ? {} : { parameters: inPath }) };
}

function operation(call: Operation, path: string, builtin: BuiltinDefinitions): JsonObject {
  const name = schemaName(call.kind, builtin);
  const content = (schema: string, types: readonly string[] = ['application/json']): JsonObject => ({
    content: Object.fromEntries(types.map((type) => [type, { schema: { $ref: COMPONENTS + schema } }])),
  });
  const answer = { object: name, list: `${name}List`, status: STATUS }[call.answer];
  const bodies = {
    object: content(name),
    patch: content(PATCH, patchTypes(call.kind)),
    deleteOptions: content(DELETE_OPTIONS),
    none: undefined,
  };
  const body = bodies[call.body];
  return {
    ...operationHead(call, path),
    parameters: call.parameters.map(({ name: parameter, type }) => ({
      name: parameter,
      in: 'query',
      schema: { type },
    })),
    ...(body === undefined ? {} : { requestBody: { ...body, required: call.body !== 'deleteOptions' } }),
    responses: { [call.method === 'post' ? '201' : '200']: { description: 'OK', ...content(answer) } },
  };
}
