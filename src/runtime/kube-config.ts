/**
 * What we use of @kubernetes/client-node. Named in a file of its own, so that a bundle that loads it when it is needed
 * carries the 2 MB that this needs, not the 17 MB of the whole package.
 */
export { KubeConfig } from '@kubernetes/client-node';
