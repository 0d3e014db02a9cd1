{{/* Containers of the user, with our security context unless they have one. Takes (containers, security context). */}}
{{- define "millrace.containers" -}}
{{- $securityContext := index . 1 }}
{{- range index . 0 }}
- {{ merge (dict) . (dict "securityContext" $securityContext) | toYaml | nindent 2 | trim }}
{{- end }}
{{- end }}

{{- define "millrace.caVolume" -}}
{{- with .Values.trustedCa }}
{{- if .existingSecret }}
- name: trusted-ca
  secret:
    secretName: {{ .existingSecret }}
{{- else if .existingConfigMap }}
- name: trusted-ca
  configMap:
    name: {{ .existingConfigMap }}
{{- end }}
{{- end }}
{{- end }}

{{- define "millrace.caMount" -}}
{{- if or .Values.trustedCa.existingSecret .Values.trustedCa.existingConfigMap }}
- name: trusted-ca
  mountPath: /etc/millrace/ca
  readOnly: true
{{- end }}
{{- end }}

{{/* Takes (context of a service). */}}
{{- define "millrace.volumes" -}}
{{- include "millrace.caVolume" .root }}
{{- with .root.Values.artifacts.folder.existingClaim }}
{{- if eq $.component "artifact-proxy" }}
- name: artifacts
  persistentVolumeClaim:
    claimName: {{ . }}
{{- end }}
{{- end }}
{{- with .service.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Takes (context of a service). */}}
{{- define "millrace.volumeMounts" -}}
{{- include "millrace.caMount" .root }}
{{- if and (eq .component "artifact-proxy") .root.Values.artifacts.folder.existingClaim }}
- name: artifacts
  mountPath: /var/lib/millrace/artifacts
  {{- with .root.Values.artifacts.folder.subPath }}
  subPath: {{ . }}
  {{- end }}
{{- end }}
{{- with .service.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Soft: a pod that fits nowhere evenly still runs. Takes (context of a service). */}}
{{- define "millrace.topologySpread" -}}
{{- if .service.topologySpreadConstraints }}
{{- toYaml .service.topologySpreadConstraints }}
{{- else if .service.topologySpread }}
{{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
- maxSkew: 1
  topologyKey: {{ . }}
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels:
      {{- include "millrace.selectorLabels" $.root | nindent 6 }}
      app.kubernetes.io/component: {{ $.component }}
  matchLabelKeys: [pod-template-hash]
{{- end }}
{{- end }}
{{- end }}
