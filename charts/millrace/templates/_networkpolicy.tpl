{{/* A rule of egress. Takes (peers, ports given, ports computed). */}}
{{- define "millrace.egress" -}}
- ports:
    {{- range index . 1 | default (index . 2) }}
    - { protocol: TCP, port: {{ int . }} }
    {{- end }}
  {{- with index . 0 }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}

{{- define "millrace.dnsEgress" -}}
- ports:
    - { protocol: UDP, port: 53 }
    - { protocol: TCP, port: 53 }
  {{- with .Values.networkPolicy.egress.dns.to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}

{{- define "millrace.databaseEgress" -}}
{{- $database := .Values.networkPolicy.egress.database -}}
{{ include "millrace.egress" (list (include "millrace.peers" (list . "postgres" $database.to) | fromYamlArray) $database.ports (list .Values.database.port)) }}
{{- end }}

{{/* Where there are brokers; they may tell clients other ports than they are asked at, then set networkPolicy.egress.kafka.ports. */}}
{{- define "millrace.kafkaEgress" -}}
{{- with include "millrace.kafkaBrokers" . }}
{{- $kafka := $.Values.networkPolicy.egress.kafka }}
{{- $ports := regexFindAll ":[0-9]+" . -1 | uniq | join "" | trimPrefix ":" | splitList ":" }}
{{- include "millrace.egress" (list (include "millrace.peers" (list $ "kafka" $kafka.to) | fromYamlArray) $kafka.ports $ports) }}
{{- end }}
{{- end }}

{{/* The pod of a part in dev, else the peers given. Takes (root, part, peers). */}}
{{- define "millrace.peers" -}}
{{- $root := index . 0 }}
{{- if (index $root.Values.dev (index . 1)).enabled -}}
- podSelector:
    matchLabels:
      {{- include "millrace.selectorLabels" $root | nindent 6 }}
      app.kubernetes.io/component: dev-{{ index . 1 }}
{{- else }}
{{- toYaml (index . 2) }}
{{- end }}
{{- end }}

{{/* The port of a URL. */}}
{{- define "millrace.urlPort" -}}
{{- $url := urlParse . }}
{{- regexFind "[0-9]+$" (regexFind ":[0-9]+$" $url.host) | default (eq $url.scheme "http" | ternary 80 443) }}
{{- end }}
