import { celEnv, type CelEnv } from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import { listFunctions } from './list-functions.js';
import { quantityFunctions } from './quantity-functions.js';
import { regexFunctions } from './regex-functions.js';
import { urlFunctions } from './url-functions.js';

/**
 * The functions that rules of a CRD may call: CEL's own, the strings extension, and the Kubernetes libraries for lists,
 * regular expressions, quantities and URLs (k8s.io/apiserver/pkg/cel/library). Not here: format, ip, cidr, authorizer.
 */
export const ruleEnvironment: CelEnv = celEnv({
  funcs: [...strings, ...listFunctions, ...regexFunctions, ...quantityFunctions, ...urlFunctions],
});
