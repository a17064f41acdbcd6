#!/bin/sh
# Grants the least rights of one pipeline on a Kafka cluster with ACLs:
#
#   BOOTSTRAP=broker:9092 COMMAND_CONFIG=admin.properties PRINCIPAL=User:pipeline \
#   SOURCE_TOPICS="client_tickets" GROUP=urgent SINK_TOPICS="urgent_tickets dead_letters" sh acls.sh
#
# Leave SINK_TOPICS out where no sink writes to Kafka. READ and WRITE include DESCRIBE.
set -eu
: "${BOOTSTRAP:?}" "${PRINCIPAL:?}" "${SOURCE_TOPICS:?}" "${GROUP:?}"

allow() {
  "${KAFKA_ACLS:-kafka-acls.sh}" --bootstrap-server "$BOOTSTRAP" ${COMMAND_CONFIG:+--command-config "$COMMAND_CONFIG"} \
    --add --allow-principal "$PRINCIPAL" "$@"
}

# The source: messages, and the group that shares the partitions. A backfill reads in a group of its own, <GROUP>.backfill.<name>.
for topic in $SOURCE_TOPICS; do
  allow --operation Read --topic "$topic"
done
allow --operation Read --group "$GROUP"

# kafkaSink and deadLetterTopic: one transaction a range, whose number is the offset of a group for this topic, which needs READ on the topic too.
if [ -n "${SINK_TOPICS:-}" ]; then
  for topic in $SINK_TOPICS; do
    allow --operation Write --operation Read --operation DescribeConfigs --topic "$topic"
  done
  allow --operation Read --group tickets- --resource-pattern-type prefixed
  allow --operation Write --transactional-id tickets- --resource-pattern-type prefixed
fi
