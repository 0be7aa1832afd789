import type { SchemaSource } from '../schema-port.js';
import { builtinSchema } from './builtin/builtin-schemas.js';
import { builtinDefinitions } from './builtin/openapi-definitions.js';
import { compileSchema } from './structural-schema.js';

/** All schemas of the embedded API server: those of its own kinds, and those that definitions bring. */
export const clusterSchemas: SchemaSource = {
  compile: compileSchema,
  builtin: builtinSchema,
  definitions: builtinDefinitions,
};
