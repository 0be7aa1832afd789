/** The value of a variable, or undefined where there is none. */
export type Lookup = (name: string) => string | undefined;

/**
 * Replaces `$(NAME)` as Kubernetes does in command, args and env values: an unknown name stays as it is, `$$` is an
 * escaped `$` (so `$$(NAME)` is the text `$(NAME)`), anything else after a `$` stays.
 * As k8s.io/kubernetes/third_party/forked/golang/expansion.
 */
export function expandReferences(text: string, lookup: Lookup): string {
  return text.replaceAll(/\$(?:\$|\(([^)]*)\))/g, (whole: string, name: string | undefined) => {
    if (name === undefined) return '$';
    return lookup(name) ?? whole;
  });
}
