/** Memory errors that programs and their runtimes print themselves: no kernel killed them. */
const APP_MEMORY =
  /OutOfMemoryError|JavaScript heap out of memory|\bMemoryError\b|std::bad_alloc|fatal error: (?:runtime: )?out of memory|[Cc]annot allocate memory/;
const GPU_MEMORY = /CUDA(?: error:)? out of memory|CUDA_ERROR_OUT_OF_MEMORY|hipErrorOutOfMemory|OutOfMemoryError: CUDA/;
/** Workflow engines' own helpers, in whole phrases. */
const INPUT = /failed to (?:load|download|fetch) (?:input )?artifacts?\b|artifact \S+ failed to load/i;

/**
 * A closer cause that a program's last words name: a subreason, and a tie-breaker between containers that failed in the
 * same second. Programs print what they like, so whole phrases are asked for and nothing else hangs on it.
 */
export function printedCause(message: string): 'GPUOutOfMemory' | 'AppOutOfMemory' | 'InputArtifactFailed' | null {
  if (message === '') return null;
  if (GPU_MEMORY.test(message)) return 'GPUOutOfMemory';
  if (APP_MEMORY.test(message)) return 'AppOutOfMemory';
  return INPUT.test(message) ? 'InputArtifactFailed' : null;
}
