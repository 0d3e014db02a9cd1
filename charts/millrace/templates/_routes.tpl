{{/* The routes of files/routes.yaml, as a map by component, with those of outboxes where they are wanted. */}}
{{- define "millrace.routes" -}}
{{- $routes := .Files.Get "files/routes.yaml" | fromYaml }}
{{- range $component, $route := $routes }}
{{- if $.Values.routes.outboxes }}
{{- $_ := set $route "prefixes" (append $route.prefixes $route.outboxes) }}
{{- end }}
{{- $_ := set $route "exact" (concat $route.exact (get ($.Files.Get "files/event-schemas.yaml" | fromYaml) $component)) }}
{{- end }}
{{- toYaml $routes }}
{{- end }}

{{/* Takes (root, component). */}}
{{- define "millrace.httpPort" -}}
{{- $key := get (dict "tracking" "tracking" "artifact-proxy" "artifactProxy" "model-registry" "modelRegistry") (index . 1) }}
{{- $root := index . 0 }}
{{- int (dig "service" "httpPort" $root.Values.common.service.httpPort (index $root.Values $key)) }}
{{- end }}
