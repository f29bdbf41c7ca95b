"""Reads a topic, writes what it reads to another, and commits both as one: again and again, until it is killed or has read so many. What goes wrong is
aborted and tried again from where the group stands."""
import sys

from confluent_kafka import Consumer, KafkaException, Producer

address, source, target, group, transactional_id = sys.argv[1:6]
RECORDS_PER_TRANSACTION = 20


def work():
    consumer = Consumer({
        "bootstrap.servers": address, "group.id": group, "enable.auto.commit": False, "auto.offset.reset": "earliest",
        "isolation.level": "read_committed", "session.timeout.ms": 6000, "socket.timeout.ms": 5000})
    producer = Producer({
        "bootstrap.servers": address, "transactional.id": transactional_id, "transaction.timeout.ms": 10000, "socket.timeout.ms": 5000})
    try:
        producer.init_transactions(30)
        consumer.subscribe([source])
        while True:
            records = [record for record in consumer.consume(RECORDS_PER_TRANSACTION, 1) if not record.error()]
            if not records:
                continue
            producer.begin_transaction()
            for record in records:
                producer.produce(target, record.value())
            producer.send_offsets_to_transaction(consumer.position(consumer.assignment()), consumer.consumer_group_metadata(), 15)
            producer.commit_transaction(15)
            print(f"committed {len(records)}", flush=True)
    finally:
        consumer.close()


while True:
    try:
        work()
    except KafkaException as failure:
        # A new instance fences this one's transaction, and begins where the group stands.
        print(f"again: {failure}", flush=True)
