import { type Admission, ADMIT_ALL } from '../../../src/cluster/index.js';
import { OPEN_SCHEMA, type SchemaSource } from '../../../src/cluster/schema-port.js';
import { compileSchema } from '../../../src/cluster/schema/structural-schema.js';

/** The schemas of the definitions are enforced; the built-in kinds are stored as they are sent. */
export function clusterSchemas(): SchemaSource {
  return { compile: compileSchema, builtin: () => OPEN_SCHEMA };
}

export function clusterAdmission(): Admission {
  return ADMIT_ALL;
}
