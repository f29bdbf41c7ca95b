"""confluent-kafka, the client for Python that is built on librdkafka."""
import os
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from driver import Member, found, serve, tell, unpack

from confluent_kafka import OFFSET_END, Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, NewPartitions, NewTopic

WAIT = 60
# SPATE_CLIENT_DEBUG=protocol,cgrp has librdkafka tell on standard error what it does.
DEBUG = {"debug": os.environ["SPATE_CLIENT_DEBUG"]} if os.environ.get("SPATE_CLIENT_DEBUG") else {}
producers = {}
admins = {}
members = {}
lock = threading.Lock()


def common(command):
    return {"bootstrap.servers": command["broker"], **DEBUG}


def producer(command):
    """One for each way of producing; the test ends its process, and they with it."""
    settings = {
        **common(command),
        "compression.type": command["codec"],
        "enable.idempotence": command["idempotent"],
        "linger.ms": 5,
        "partitioner": "murmur2_random",
        "message.max.bytes": 1000000,
        "message.timeout.ms": WAIT * 1000,
        "retry.backoff.ms": 100,
        "reconnect.backoff.max.ms": 500,
    }
    with lock:
        if str(settings) not in producers:
            producers[str(settings)] = Producer(settings)
        return producers[str(settings)]


def write(command):
    client = producer(command)
    delivered = []

    def on_delivery(error, message):
        delivered.append((error, message))

    for record in command["records"]:
        more = {} if record["timestamp"] < 0 else {"timestamp": record["timestamp"]}
        if record["headers"]:
            more["headers"] = [(name, unpack(data)) for name, data in record["headers"]]
        while True:
            try:
                client.produce(record["topic"], unpack(record["value"]), unpack(record["key"]), partition=record["partition"], on_delivery=on_delivery, **more)
                break
            except BufferError:
                client.poll(0.1)
    while len(delivered) < len(command["records"]):
        client.poll(0.05)
    first = {}
    for error, message in delivered:
        if error is not None:
            raise KafkaException(error)
        place = message.topic(), message.partition()
        first[place] = min(first.get(place, message.offset()), message.offset())
    return [[*place, offset] for place, offset in first.items()]


def records_of(messages):
    """The records among what was polled; trouble that the client itself gets over is left to it."""
    records = []
    for message in messages:
        if message.error() is None:
            records.append(found(message.topic(), message.partition(), message.offset(), message.timestamp()[1], message.key(), message.value(), message.headers()))
        elif message.error().fatal() or message.error().code() in (KafkaError.OFFSET_OUT_OF_RANGE, KafkaError._AUTO_OFFSET_RESET):
            raise KafkaException(message.error())
    return records


def places(client, topics):
    listed = client.list_topics(timeout=WAIT).topics
    return [(topic, partition) for topic in topics for partition in listed[topic].partitions]


def resolve(client, topic, partition, where):
    low, high = client.get_watermark_offsets(TopicPartition(topic, partition), timeout=WAIT)
    if where["at"] == "time":
        answer = client.offsets_for_times([TopicPartition(topic, partition, where["value"])], timeout=WAIT)[0]
        if answer.error is not None:
            raise KafkaException(answer.error)
        return (high if answer.offset == OFFSET_END else answer.offset), high
    return {"beginning": low, "end": high, "offset": where["value"]}[where["at"]], high


def reader(command, group="readers"):
    return Consumer({**common(command), "group.id": group, "enable.auto.commit": False, "auto.offset.reset": "error"})


def read(command):
    client = reader(command)
    try:
        starts, ends = [], {}
        for topic, partition in places(client, command["topics"]):
            start, end = resolve(client, topic, partition, command["from"])
            starts.append(TopicPartition(topic, partition, start))
            if start < end:
                ends[topic, partition] = end
        client.assign(starts)
        tell({"event": "positioned", "read": command["id"]})
        records = []
        while ends or (command["count"] is not None and len(records) < command["count"]):
            for record in records_of(client.consume(1000, 0.2)):
                records.append(record)
                if ends.get((record[0], record[1]), 0) == record[2] + 1:
                    del ends[record[0], record[1]]
        return records
    finally:
        client.close()


class ConfluentMember(Member):
    def __init__(self, command):
        super().__init__(command["member"], command["most"])
        self.partitions = set()
        settings = {
            **common(command),
            "group.id": command["group"],
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "session.timeout.ms": command["sessionTimeout"],
            "heartbeat.interval.ms": 300,
            "fetch.wait.max.ms": 100,
            "reconnect.backoff.max.ms": 500,
            "topic.metadata.refresh.interval.ms": 1000,
            "partition.assignment.strategy": "cooperative-sticky" if command["manner"] == "Cooperative" else "range",
        }
        if command["instance"] is not None:
            settings["group.instance.id"] = command["instance"]
        self.client = Consumer(settings)
        self.client.subscribe(command["topics"], on_assign=self.gain, on_revoke=self.lose, on_lost=self.lose)

    def gain(self, _, partitions):
        self.partitions |= {(partition.topic, partition.partition) for partition in partitions}
        self.assigned(self.partitions)

    def lose(self, _, partitions):
        self.partitions -= {(partition.topic, partition.partition) for partition in partitions}
        self.assigned(self.partitions)

    def poll(self):
        # One by one: consume() of librdkafka before 2.1 drops what it has gathered of a partition that is paused meanwhile, and any
        # cooperative rebalance pauses every partition for a moment, also those that stay. It goes on behind what it dropped.
        polled = [self.client.poll(0.05)]
        while polled[-1] is not None and len(polled) < 500:
            polled.append(self.client.poll(0))
        self.deliver(records_of(message for message in polled if message is not None))

    def commit(self):
        offsets = [TopicPartition(topic, partition, offset) for (topic, partition), offset in self.positions.items() if (topic, partition) in self.partitions]
        if offsets:
            for answer in self.client.commit(offsets=offsets, asynchronous=False):
                if answer.error is not None:
                    raise KafkaException(answer.error)

    def leave(self):
        self.ended = True
        self.client.close()


def join(command):
    members[command["member"]] = member = ConfluentMember(command)
    member.start()


def commit(command):
    member = members[command["member"]]
    member.ask(member.commit)


def leave(command):
    member = members.pop(command["member"])
    member.ask(member.leave)


def transaction(command):
    """One producer, one transaction for each step; offsets of a group go with those that name one."""
    client = Producer({**common(command), "transactional.id": command["transactionalId"], "transaction.timeout.ms": 10000})
    client.init_transactions(20)
    for step in command["steps"]:
        client.begin_transaction()
        for value in step["values"]:
            client.produce(command["topic"], value.encode())
        client.flush(20)
        if step.get("group"):
            reader = Consumer({**common(command), "group.id": step["group"]})
            client.send_offsets_to_transaction([TopicPartition(command["topic"], 0, step["offset"])], reader.consumer_group_metadata(), 20)
            reader.close()
        client.commit_transaction(20) if step["commits"] else client.abort_transaction(20)


def admin(command):
    """One for each broker: what is under way is lost with its client."""
    with lock:
        if command["broker"] not in admins:
            admins[command["broker"]] = AdminClient(common(command))
        return admins[command["broker"]]


def done(futures):
    return {name: future.result(WAIT) for name, future in futures.items()}


def create_topics(command):
    done(admin(command).create_topics(
        [NewTopic(topic["name"], topic["partitions"], 1, config=topic["configs"]) for topic in command["topics"]], request_timeout=WAIT))


def describe_topics(command):
    listed = admin(command).list_topics(timeout=WAIT).topics
    return {topic: len(listed[topic].partitions) for topic in command["topics"]}


def resource(command):
    return ConfigResource({"topic": ConfigResource.Type.TOPIC, "broker": ConfigResource.Type.BROKER}[command["type"]], command["name"])


def describe_configs(command):
    described, = done(admin(command).describe_configs([resource(command)])).values()
    return {name: entry.value for name, entry in described.items()}


def alter_configs(command):
    asked = resource(command)
    for name, value in command["set"].items():
        asked.set_config(name, value)
    done(admin(command).alter_configs([asked]))


def describe_cluster(command):
    listed = admin(command).list_topics(timeout=WAIT)
    return {"cluster": listed.cluster_id, "controller": listed.controller_id, "brokers": [[broker.id, broker.host, broker.port] for broker in listed.brokers.values()]}


def list_offsets(command):
    client = reader(command)
    try:
        return [resolve(client, command["topic"], partition, command["from"])[0] for partition in command["partitions"]]
    finally:
        client.close()


def group_offsets(command):
    client = reader(command, command["group"])
    try:
        return [partition.offset if partition.offset >= 0 else -1 for partition in client.committed([TopicPartition(command["topic"], number) for number in command["partitions"]], timeout=WAIT)]
    finally:
        client.close()


serve({
    "write": write,
    "read": read,
    "join": join,
    "commit": commit,
    "leave": leave,
    "transaction": transaction,
    "createTopics": create_topics,
    "describeTopics": describe_topics,
    "deleteTopics": lambda command: done(admin(command).delete_topics(command["topics"], request_timeout=WAIT)) and None,
    "createPartitions": lambda command: done(admin(command).create_partitions([NewPartitions(command["topic"], command["total"])], request_timeout=WAIT)) and None,
    "describeConfigs": describe_configs,
    "alterConfigs": alter_configs,
    "listGroups": lambda command: [group.id for group in admin(command).list_groups(timeout=WAIT)],
    "describeGroups": lambda command: {name: {"state": group.state, "members": len(group.members)} for name in command["groups"] for group in admin(command).list_groups(name, timeout=WAIT)},
    "describeCluster": describe_cluster,
    "listOffsets": list_offsets,
    "groupOffsets": group_offsets,
})
