{{/* One variable out of a Secret. Takes (variable, name of the Secret, key). */}}
{{- define "millrace.fromSecret" -}}
- name: {{ index . 0 }}
  valueFrom:
    secretKeyRef:
      name: {{ index . 1 }}
      key: {{ index . 2 }}
{{- end }}

{{- define "millrace.devSecretName" -}}
{{ include "millrace.fullname" . }}-dev
{{- end }}

{{/* DATABASE_URL, and where the URL is made of parts the password beside it. Takes (root, url that wins or an empty dict). */}}
{{- define "millrace.databaseEnvironment" -}}
{{- $root := index . 0 }}{{- $own := index . 1 }}{{- $database := $root.Values.database }}
{{- if $own.existingSecret }}
{{- include "millrace.fromSecret" (list "DATABASE_URL" $own.existingSecret $own.key) }}
{{- else if $database.url.existingSecret }}
{{- include "millrace.fromSecret" (list "DATABASE_URL" $database.url.existingSecret $database.url.key) }}
{{- else if $root.Values.dev.postgres.enabled }}
{{- include "millrace.fromSecret" (list "DATABASE_URL" (include "millrace.devSecretName" $root) "uri") }}
{{- else }}
{{- include "millrace.fromSecret" (list "PGPASSWORD" $database.password.existingSecret $database.password.key) }}
- name: DATABASE_URL
  value: {{ printf "postgres://%s@%s:%d/%s" ($database.user | urlquery) $database.host (int $database.port) $database.name }}
  {{- with $database.sslMode }}?sslmode={{ . }}{{ end }}
{{- end }}
{{- end }}

{{/* Only of use without Kafka. */}}
{{- define "millrace.eventsDatabaseEnvironment" -}}
{{- with .Values.events.databaseUrl }}
{{- if .existingSecret }}
{{ include "millrace.fromSecret" (list "EVENTS_DATABASE_URL" .existingSecret .key) }}
{{- end }}
{{- end }}
{{- end }}

{{/* Takes (context of a service). */}}
{{- define "millrace.secretEnvironment" -}}
{{- $values := .root.Values -}}
{{ include "millrace.databaseEnvironment" (list .root .service.databaseUrl) }}
{{- include "millrace.eventsDatabaseEnvironment" .root }}
{{- with $values.events.kafka.sasl }}
{{- if .username }}
{{ include "millrace.fromSecret" (list "KAFKA_PASSWORD" .password.existingSecret .password.key) }}
{{- end }}
{{- end }}
{{- if and (eq .component "artifact-proxy") (not $values.artifacts.folder.existingClaim) }}
{{- with include "millrace.s3Secrets" .root | trim }}
{{ . }}
{{- end }}
{{- end }}
{{- with $values.modelRegistry.webhooks.encryptionKey }}
{{- if and .existingSecret (eq $.component "model-registry") }}
{{ include "millrace.fromSecret" (list "WEBHOOK_SECRET_ENCRYPTION_KEY" .existingSecret .key) }}
{{- end }}
{{- end }}
{{- if $values.telemetry.otlpEndpoint }}
- name: POD_NAME
  valueFrom: { fieldRef: { fieldPath: metadata.name } }
- name: OTEL_RESOURCE_ATTRIBUTES
  value: k8s.namespace.name={{ .root.Release.Namespace }},k8s.pod.name=$(POD_NAME),service.instance.id=$(POD_NAME)
{{- end }}
{{- end }}

{{- define "millrace.s3Secrets" -}}
{{- $credentials := .Values.artifacts.s3.credentials }}
{{- $secret := .Values.dev.s3.enabled | ternary (include "millrace.devSecretName" .) $credentials.existingSecret }}
{{- with $secret }}
{{- include "millrace.fromSecret" (list "S3_ACCESS_KEY_ID" . $credentials.accessKeyIdKey) }}
{{ include "millrace.fromSecret" (list "S3_SECRET_ACCESS_KEY" . $credentials.secretAccessKeyKey) }}
{{- end }}
{{- end }}
