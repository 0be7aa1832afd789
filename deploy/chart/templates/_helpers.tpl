{{- define "lockstep.labels" -}}
app.kubernetes.io/name: lockstep
app.kubernetes.io/component: controller
{{- end }}

{{- define "lockstep.check" -}}
{{- if not (has .Values.scope (list "cluster" "namespace")) }}
{{- fail (printf "scope is %q; write cluster or namespace" .Values.scope) }}
{{- end }}
{{- if and (gt (int .Values.replicas) 1) (not .Values.audit.postgres.secretName) }}
{{- fail "more than one replica needs the audit store in PostgreSQL (audit.postgres.secretName): SQLite is one process's" }}
{{- end }}
{{- end }}

{{/* What the controller may do where the runs are. */}}
{{- define "lockstep.rules" -}}
- apiGroups: [lockstep.dev]
  resources: [workflowexecutions]
  verbs: [get, list, watch, patch, delete]
- apiGroups: [lockstep.dev]
  resources: [workflowexecutions/status, workflowactions/status]
  verbs: [patch]
- apiGroups: [lockstep.dev]
  resources: [workflowactions]
  verbs: [list, watch]
- apiGroups: [batch.lockstep.dev]
  resources: [sequentialjobs]
  verbs: [get, list, watch, patch, delete]
- apiGroups: [batch.lockstep.dev]
  resources: [sequentialjobs/status]
  verbs: [patch]
- apiGroups: ['']
  resources: [pods]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [batch]
  resources: [jobs]
  verbs: [get, list, watch, create, patch, delete]
# Evidence: without these it works, and says in its verdicts what it could not see.
- apiGroups: ['']
  resources: [events]
  verbs: [list, watch, create, patch]
- apiGroups: ['']
  resources: [persistentvolumeclaims]
  verbs: [get]
{{- end }}
