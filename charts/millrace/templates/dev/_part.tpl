{{/* A single-node part: StatefulSet and Service. Takes (root, part, image, port, path of its data, user id, container). */}}
{{- define "millrace.devPart" -}}
{{- $root := .root }}{{- $dev := $root.Values.dev }}
{{- $name := printf "%s-dev-%s" (include "millrace.fullname" $root) .part }}
{{- $component := printf "dev-%s" .part }}
apiVersion: v1
kind: Service
metadata:
  name: {{ $name }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "millrace.labels" (list $root $component) | nindent 4 }}
spec:
  selector:
    {{- include "millrace.selectorLabels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ $component }}
  ports:
    - { name: {{ .part }}, port: {{ .port }}, targetPort: {{ .part }} }
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ $name }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "millrace.labels" (list $root $component) | nindent 4 }}
  {{- if eq $root.Values.migrations.mode "argocd" }}
  annotations:
    argocd.argoproj.io/sync-wave: "-3"
  {{- end }}
spec:
  serviceName: {{ $name }}
  replicas: 1
  selector:
    matchLabels:
      {{- include "millrace.selectorLabels" $root | nindent 6 }}
      app.kubernetes.io/component: {{ $component }}
  template:
    metadata:
      labels:
        {{- include "millrace.selectorLabels" $root | nindent 8 }}
        app.kubernetes.io/component: {{ $component }}
    spec:
      automountServiceAccountToken: false
      enableServiceLinks: false
      securityContext:
        runAsNonRoot: true
        runAsUser: {{ .user }}
        runAsGroup: {{ .user }}
        fsGroup: {{ .user }}
        seccompProfile: { type: RuntimeDefault }
      {{- with $root.Values.image.pullSecrets }}
      imagePullSecrets:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: {{ .part }}
          image: {{ (index $dev .part).image }}
          securityContext:
            allowPrivilegeEscalation: false
            capabilities: { drop: [ALL] }
          ports:
            - { name: {{ .part }}, containerPort: {{ .port }} }
          {{- .container | nindent 10 }}
          resources:
            {{- toYaml $dev.resources | nindent 12 }}
          volumeMounts:
            - { name: data, mountPath: {{ .data }} }
      {{- if not $dev.persistence.size }}
      volumes:
        - { name: data, emptyDir: {} }
      {{- else }}
  volumeClaimTemplates:
    - metadata: { name: data }
      spec:
        accessModes: [ReadWriteOnce]
        {{- with $dev.persistence.storageClassName }}
        storageClassName: {{ . }}
        {{- end }}
        resources: { requests: { storage: {{ $dev.persistence.size }} } }
      {{- end }}
{{- if $root.Values.networkPolicy.enabled }}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ $name }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "millrace.labels" (list $root $component) | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      {{- include "millrace.selectorLabels" $root | nindent 6 }}
      app.kubernetes.io/component: {{ $component }}
  policyTypes: [Ingress, Egress]
  egress:
    # To itself: a broker calls itself by the name it tells others.
    - to:
        - podSelector:
            matchLabels:
              {{- include "millrace.selectorLabels" $root | nindent 14 }}
              app.kubernetes.io/component: {{ $component }}
  ingress:
    - ports: [{ protocol: TCP, port: {{ .part }} }]
      from:
        - podSelector:
            matchLabels:
              {{- include "millrace.selectorLabels" $root | nindent 14 }}
{{- end }}
{{- end }}
