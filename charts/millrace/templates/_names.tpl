{{- define "millrace.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" }}
{{- else }}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) | trunc 40 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "millrace.selectorLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Of every object. Takes (root, component); the component may be empty. */}}
{{- define "millrace.labels" -}}
{{- $root := index . 0 -}}
{{ include "millrace.selectorLabels" $root }}
{{- with index . 1 }}
app.kubernetes.io/component: {{ . }}
{{- end }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: millrace
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- with $root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Takes (root, image): a digest wins over a tag, and the image's own tag over the common one. */}}
{{- define "millrace.image" -}}
{{- $root := index . 0 }}{{- $image := index . 1 }}
{{- with $root.Values.image.registry }}{{ . | trimSuffix "/" }}/{{ end }}
{{- $image.repository }}
{{- if $image.digest }}@{{ $image.digest }}
{{- else }}:{{ coalesce $image.tag $root.Values.image.tag $root.Chart.AppVersion }}
{{- end }}
{{- end }}

{{/* Takes (context of a service). */}}
{{- define "millrace.serviceAccountName" -}}
{{- .service.serviceAccount.create | ternary .name (.service.serviceAccount.name | default "default") }}
{{- end }}

{{/*
Takes (root, name of a template) and renders the template once for each service, with root, component, name, and as
`service` the service's settings over those of `common`.
*/}}
{{- define "millrace.forEachService" -}}
{{- $root := index . 0 }}{{- $template := index . 1 }}
{{- range $component, $key := dict "tracking" "tracking" "artifact-proxy" "artifactProxy" "model-registry" "modelRegistry" }}
{{- $service := mustMergeOverwrite (deepCopy $root.Values.common) (index $root.Values $key | deepCopy) }}
{{- $name := printf "%s-%s" (include "millrace.fullname" $root) $component }}
{{- with include $template (dict "root" $root "component" $component "service" $service "name" $name) | trim }}
---
{{ . }}
{{- end }}
{{- end }}
{{- end }}

{{/* The fewest pods there are. Takes (context of a service). */}}
{{- define "millrace.fewestPods" -}}
{{- if .service.autoscaling.enabled }}{{ int .service.autoscaling.minReplicas }}
{{- else if .service.keda.enabled }}{{ int .service.keda.minReplicas }}
{{- else }}{{ int .service.replicas }}
{{- end }}
{{- end }}
