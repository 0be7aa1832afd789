/** Memory errors that programs and their runtimes print themselves: no kernel killed them. */
const APP_MEMORY = new RegExp(
  [
    'OutOfMemoryError', // JVM, Scala, Kotlin
    'System\\.OutOfMemoryException', // .NET
    'JavaScript heap out of memory', // Node.js
    '\\b_?(?:Array)?MemoryError\\b', // Python, NumPy
    'NoMemoryError|\\[FATAL\\] failed to allocate memory', // Ruby
    'Allowed memory size of \\d+ bytes exhausted', // PHP
    'memory allocation of \\d+ bytes failed', // Rust
    'std::bad_alloc|c10::Error.*not enough memory', // C++
    'fatal error: (?:runtime: )?out of memory', // Go
    'Out of memory!(?: during|$)', // Perl
    '[Cc]annot allocate memory', // errno ENOMEM
  ].join('|'),
  'm',
);
const GPU_MEMORY = new RegExp(
  [
    'CUDA(?: error:)? out of memory|CUDA_ERROR_OUT_OF_MEMORY|cudaErrorMemoryAllocation|OutOfMemoryError: (?:CUDA|HIP)',
    'hipErrorOutOfMemory|HIP out of memory|CUBLAS_STATUS_ALLOC_FAILED',
    'OOM when allocating tensor.*device:GPU', // TensorFlow
    'XlaRuntimeError: RESOURCE_EXHAUSTED: Out of memory', // JAX
  ].join('|'),
  's',
);
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
