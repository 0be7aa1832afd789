/** Where credentials come from. `file` without `context`: its current context. */
export type CredentialsSource =
  | { readonly kind: 'file'; readonly path: string; readonly context?: string | undefined }
  /** Text of a kubeconfig. */
  | { readonly kind: 'text'; readonly text: string; readonly context?: string | undefined }
  /** KUBECONFIG, else ~/.kube/config, else the service account of the pod we run in. */
  | { readonly kind: 'default'; readonly context?: string | undefined }
  /** `root`: where the file system of the pod begins, where that is not `/`. */
  | { readonly kind: 'in-cluster'; readonly root?: string | undefined };

/** A source in words, for messages. */
export function describeSource(source: CredentialsSource): string {
  switch (source.kind) {
    case 'file':
      return `the kubeconfig ${source.path}`;
    case 'text':
      return 'the given kubeconfig';
    case 'default':
      return 'the default kubeconfig';
    case 'in-cluster':
      return 'the service account of this pod';
  }
}
