{{/* Names and labels that every object shares. */}}
{{- define "eidos.name" -}}
{{- if contains "eidos" .Release.Name }}{{ .Release.Name | trunc 52 | trimSuffix "-" }}{{ else }}{{ printf "%s-eidos" (.Release.Name | trunc 46 | trimSuffix "-") }}{{ end -}}
{{- end }}

{{- define "eidos.selector" -}}
app.kubernetes.io/name: eidosd
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "eidos.labels" -}}
{{ include "eidos.selector" . }}
app.kubernetes.io/component: server
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name (.Chart.Version | replace "+" "_") }}
{{- end }}

{{- define "eidos.image" -}}
{{- $repository := required "image.repository must name the image of eidos: no registry is assumed" .Values.image.repository -}}
{{- if .Values.image.digest }}{{ printf "%s@%s" $repository .Values.image.digest }}{{ else }}{{ printf "%s:%s" $repository (.Values.image.tag | default (printf "v%s" .Chart.AppVersion)) }}{{ end -}}
{{- end }}

{{/* Where the service's certificate is; empty: it has none. */}}
{{- define "eidos.tlsSecret" -}}
{{- if .Values.tls.secret }}{{ .Values.tls.secret }}{{ else if .Values.tls.certManager.enabled }}{{ include "eidos.name" . }}-tls{{ end -}}
{{- end }}

{{/* Of every pod here: no rights but its own work. What Pod Security calls restricted. */}}
{{- define "eidos.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
seccompProfile: {type: RuntimeDefault}
{{- if .Values.appArmor }}
appArmorProfile: {type: {{ .Values.appArmor }}}
{{- end }}
{{- end }}

{{- define "eidos.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}
