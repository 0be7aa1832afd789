export { createKubelet } from './kubelet.js';
export type { Kubelet, KubeletOptions } from './kubelet.js';
export { CreateContainerFailure } from './runtime.js';
export type { ContainerLaunch, ContainerRuntime, MemoryLimits, RuntimeContainer } from './runtime.js';
export { ScriptedRuntime } from './scripted-runtime.js';
export type { ContainerScript, ScriptedEnd } from './scripted-runtime.js';
export { createProcessRuntime } from './process/process-runtime.js';
export type { ProcessRuntimeOptions } from './process/process-runtime.js';
export { createLogsAtRest } from './logs-at-rest.js';
