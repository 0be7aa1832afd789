/** The kubeconfig (or the pod's service account) cannot be used. */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsError';
}
