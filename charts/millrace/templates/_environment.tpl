{{/* Variables that every process reads, as a map. Secrets are in "millrace.secretEnvironment". */}}
{{- define "millrace.sharedEnvironment" -}}
AUTH_MODE: {{ .Values.auth.mode | quote }}
DATABASE_MIGRATE: "false"
DATABASE_STATEMENT_TIMEOUT_MS: {{ int .Values.database.statementTimeoutMs | quote }}
{{- with include "millrace.kafkaBrokers" . }}
KAFKA_BROKERS: {{ . | quote }}
KAFKA_TOPIC_PREFIX: {{ $.Values.events.kafka.topicPrefix | quote }}
KAFKA_TOPIC_PARTITIONS: {{ int $.Values.events.kafka.topicPartitions | quote }}
KAFKA_TOPIC_REPLICATION: {{ int $.Values.events.kafka.topicReplication | quote }}
KAFKA_SSL: {{ $.Values.events.kafka.tls | quote }}
{{- with $.Values.events.kafka.sasl.username }}
KAFKA_SASL_MECHANISM: {{ $.Values.events.kafka.sasl.mechanism | quote }}
KAFKA_USERNAME: {{ . | quote }}
{{- end }}
{{- end }}
{{- if or .Values.trustedCa.existingSecret .Values.trustedCa.existingConfigMap }}
NODE_EXTRA_CA_CERTS: /etc/millrace/ca/{{ .Values.trustedCa.key }}
{{- end }}
{{- with .Values.telemetry.otlpEndpoint }}
OTEL_EXPORTER_OTLP_ENDPOINT: {{ . | quote }}
{{- end }}
{{- range $name, $value := .Values.telemetry.env }}
{{ $name }}: {{ $value | quote }}
{{- end }}
{{- end }}

{{/* Variables of one service, as a map. Takes (context of a service). */}}
{{- define "millrace.serviceEnvironment" -}}
{{- $values := .root.Values -}}
{{ include "millrace.sharedEnvironment" .root }}
HTTP_HOST: "0.0.0.0"
HTTP_PORT: "8080"
GRPC_HOST: "0.0.0.0"
GRPC_PORT: "9090"
{{- if $values.metrics.enabled }}
METRICS_HOST: "0.0.0.0"
METRICS_PORT: {{ int $values.metrics.port | quote }}
{{- end }}
ALLOWED_HOSTS: {{ include "millrace.allowedHosts" . | quote }}
{{- with $values.corsAllowedOrigins }}
CORS_ALLOWED_ORIGINS: {{ join "," . | quote }}
{{- end }}
DATABASE_POOL_SIZE: {{ int $values.database.poolSize | quote }}
LOG_LEVEL: {{ .service.logLevel }}
SHUTDOWN_DRAIN_MS: "5000"
SHUTDOWN_GRACE_MS: {{ add (int .service.preStopSeconds) 15 | sub (int .service.terminationGracePeriodSeconds) | mul 1000 | quote }}
NODE_OPTIONS: "--max-old-space-size-percentage={{ int .service.heapPercent }} --max-semi-space-size=16"
{{ include (printf "millrace.environment.%s" .component) . }}
{{- end }}

{{- define "millrace.environment.tracking" -}}
{{- $values := .root.Values -}}
ARTIFACT_PROXY_GRPC: {{ include "millrace.grpcAddress" (list .root "artifact-proxy") }}
DEFAULT_ARTIFACT_ROOT: {{ $values.artifacts.defaultRoot | quote }}
TRUNCATE_LONG_VALUES: {{ $values.tracking.truncateLongValues | quote }}
{{- if ne (toString $values.tracking.purgeDeletedAfterHours) "" }}
PURGE_DELETED_AFTER_HOURS: {{ $values.tracking.purgeDeletedAfterHours | quote }}
{{- end }}
{{- end }}

{{- define "millrace.environment.artifact-proxy" -}}
{{- $artifacts := .root.Values.artifacts -}}
TRACKING_GRPC: {{ include "millrace.grpcAddress" (list .root "tracking") }}
MODEL_REGISTRY_GRPC: {{ include "millrace.grpcAddress" (list .root "model-registry") }}
FREE_PURGED_ARTIFACTS: {{ $artifacts.freePurged | quote }}
ARTIFACT_TRANSFER_MODE: {{ $artifacts.transferMode }}
MAX_UPLOADS: {{ int .root.Values.artifactProxy.maxUploads | quote }}
{{- with $artifacts.publicUrl }}
PUBLIC_URL: {{ . | quote }}
{{- end }}
{{- if $artifacts.folder.existingClaim }}
ARTIFACTS_FOLDER: /var/lib/millrace/artifacts
{{- else }}
{{ include "millrace.environment.s3" .root }}
{{- end }}
{{- end }}

{{- define "millrace.environment.s3" -}}
{{- $s3 := .Values.artifacts.s3 -}}
S3_BUCKET: {{ $s3.bucket | default "millrace" | quote }}
S3_REGION: {{ $s3.region | quote }}
{{- with include "millrace.s3Endpoint" . }}
S3_ENDPOINT: {{ . | quote }}
{{- end }}
{{- with $s3.prefix }}
S3_PREFIX: {{ . | quote }}
{{- end }}
{{- with $s3.publicEndpoint }}
S3_PUBLIC_ENDPOINT: {{ . | quote }}
{{- end }}
{{- if ne (toString $s3.forcePathStyle) "" }}
S3_FORCE_PATH_STYLE: {{ $s3.forcePathStyle | quote }}
{{- end }}
{{- with $s3.sse }}
S3_SSE: {{ . | quote }}
{{- end }}
{{- with $s3.sseKmsKeyId }}
S3_SSE_KMS_KEY_ID: {{ . | quote }}
{{- end }}
{{- end }}

{{- define "millrace.environment.model-registry" -}}
{{- $registry := .root.Values.modelRegistry -}}
ARTIFACT_PROXY_GRPC: {{ include "millrace.grpcAddress" (list .root "artifact-proxy") }}
TRACKING_GRPC: {{ include "millrace.grpcAddress" (list .root "tracking") }}
WEBHOOK_ALLOWED_SCHEMES: {{ join "," $registry.webhooks.allowedSchemes | quote }}
{{- with $registry.webhooks.allowedHosts }}
WEBHOOK_ALLOWED_HOSTS: {{ join "," . | quote }}
{{- end }}
{{- with $registry.webhooks.allowedCidrs }}
WEBHOOK_ALLOWED_CIDRS: {{ join "," . | quote }}
{{- end }}
{{- with $registry.stages }}
REGISTRY_STAGES: {{ join "," . | quote }}
{{- end }}
{{- with $registry.activeStages }}
REGISTRY_ACTIVE_STAGES: {{ join "," . | quote }}
{{- end }}
{{- with $registry.sourcePattern }}
MODEL_VERSION_SOURCE_PATTERN: {{ . | quote }}
{{- end }}
{{- end }}

{{/* The headless Service, so that callers see every pod. Takes (root, component). */}}
{{- define "millrace.grpcAddress" -}}
{{- $root := index . 0 -}}
{{ include "millrace.fullname" $root }}-{{ index . 1 }}-pods.{{ $root.Release.Namespace }}.svc.{{ $root.Values.clusterDomain }}:9090
{{- end }}

{{- define "millrace.kafkaBrokers" -}}
{{- if .Values.dev.kafka.enabled }}{{ include "millrace.fullname" . }}-dev-kafka:9092
{{- else }}{{ join "," .Values.events.kafka.brokers }}
{{- end }}
{{- end }}

{{- define "millrace.s3Endpoint" -}}
{{- if .Values.dev.s3.enabled }}http://{{ include "millrace.fullname" . }}-dev-s3:7070
{{- else }}{{ .Values.artifacts.s3.endpoint }}
{{- end }}
{{- end }}

{{/* Takes (context of a service). */}}
{{- define "millrace.allowedHosts" -}}
{{- $values := .root.Values }}
{{- $inside := printf "%s.%s" .name .root.Release.Namespace }}
{{- $names := list .name $inside (printf "%s.svc" $inside) (printf "%s.svc.%s" $inside $values.clusterDomain) }}
{{- if $values.ingress.enabled }}{{ $names = concat $values.ingress.hosts $names }}{{ end }}
{{- if $values.gateway.http.enabled }}{{ $names = concat $values.gateway.hostnames $names }}{{ end }}
{{- concat $values.allowedHosts $names | uniq | join "," }}
{{- end }}
