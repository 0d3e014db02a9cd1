set -euo pipefail
config=/tmp/server.properties
java=(java -Dlog4j2.configurationFile=/opt/kafka/log4j2.yaml -cp '/opt/kafka/lib/*')
# KAFKA_A_B=c is a.b=c
env | grep '^KAFKA_' | grep -v '^KAFKA_HEAP_OPTS=' | while IFS='=' read -r name value; do
  echo "$(tr 'A-Z_' 'a-z.' <<<"${name#KAFKA_}")=$value"
done > "$config"
"${java[@]}" kafka.tools.StorageTool format --ignore-formatted --cluster-id "$CLUSTER_ID" --config "$config"
# shellcheck disable=SC2086
exec "${java[@]}" $KAFKA_HEAP_OPTS kafka.Kafka "$config"
