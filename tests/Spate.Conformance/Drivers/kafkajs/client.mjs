// kafkajs, with the snappy codec that its users add.
import { randomUUID } from 'node:crypto'
import { debugging, found, firstOffsets, Gathering, load, serve, tell, Telling, unpack, waitMs } from '../driver.mjs'

const { Kafka, CompressionTypes, CompressionCodecs, ConfigResourceTypes, logLevel } = load('kafkajs')
CompressionCodecs[CompressionTypes.Snappy] = load('kafkajs-snappy')

const codecs = { none: CompressionTypes.None, gzip: CompressionTypes.GZIP, snappy: CompressionTypes.Snappy }
const clusters = new Map()
const producers = new Map()
const admins = new Map()
const members = new Map()

function cached (map, key, make) {
  if (!map.has(key)) {
    map.set(key, make())
  }
  return map.get(key)
}

function cluster (command) {
  return cached(clusters, command.broker, () => new Kafka({
    brokers: [command.broker],
    clientId: 'conformance',
    logLevel: debugging ? logLevel.DEBUG : logLevel.NOTHING,
    // Standard output is the driver's.
    logCreator: () => entry => console.error(JSON.stringify(entry)),
    requestTimeout: waitMs,
    retry: { initialRetryTime: 100, maxRetryTime: 1000, retries: 40 }
  }))
}

async function connected (client) {
  await client.connect()
  return client
}

const admin = command => cached(admins, command.broker, () => connected(cluster(command).admin({ retry: { initialRetryTime: 100, retries: 3 } })))

const producer = command => cached(producers, `${command.broker} ${command.idempotent}`, () => connected(
  cluster(command).producer({ idempotent: command.idempotent, maxInFlightRequests: command.idempotent ? 1 : undefined, allowAutoTopicCreation: true, metadataMaxAge: 2000 })))

async function write (command) {
  const topics = new Map()
  for (const record of command.records) {
    cached(topics, record.topic, () => []).push({
      key: unpack(record.key),
      value: unpack(record.value),
      headers: Object.fromEntries(record.headers.map(([name, data]) => [name, unpack(data)])),
      partition: record.partition < 0 ? undefined : record.partition,
      timestamp: record.timestamp < 0 ? undefined : String(record.timestamp)
    })
  }
  const client = await producer(command)
  const results = await client.sendBatch({
    compression: codecs[command.codec],
    acks: -1,
    topicMessages: [...topics].map(([topic, messages]) => ({ topic, messages }))
  })
  return firstOffsets(results.map(result => [result.topicName, result.partition, result.baseOffset]))
}

// Where to begin in each partition, and where it ends.
async function positions (command, topic) {
  const client = await admin(command)
  const ends = await client.fetchTopicOffsets(topic)
  const at = command.from.at
  const times = at === 'time' ? new Map((await client.fetchTopicOffsetsByTimestamp(topic, command.from.value)).map(entry => [entry.partition, entry.offset])) : null
  return ends.map(({ partition, low, high }) => ({
    topic,
    partition,
    start: Number({ beginning: low, end: high, time: times?.get(partition), offset: command.from.value }[at]),
    end: Number(high)
  }))
}

function recordsOf ({ batch }) {
  return batch.messages.map(message => found(
    batch.topic, batch.partition, message.offset, message.timestamp, message.key, message.value,
    Object.entries(message.headers ?? {}).flatMap(([name, data]) => [data].flat().map(one => [name, one]))))
}

// kafkajs reads as a group only; this one is nobody else's.
async function read (command) {
  const places = (await Promise.all(command.topics.map(topic => positions(command, topic)))).flat()
  const starts = new Map(places.map(place => [`${place.topic}:${place.partition}`, place.start]))
  const gathering = new Gathering(new Map(places.filter(place => place.start < place.end).map(place => [`${place.topic}:${place.partition}`, place.end])), command.count)
  const group = `reader-${randomUUID()}`
  const consumer = cluster(command).consumer({ groupId: group, maxWaitTimeInMs: 100, heartbeatInterval: 1000 })
  consumer.on(consumer.events.CRASH, event => gathering.reject(event.payload.error))
  await consumer.connect()
  try {
    await consumer.subscribe({ topics: command.topics, fromBeginning: command.from.at === 'beginning' })
    const joined = new Promise(resolve => consumer.on(consumer.events.GROUP_JOIN, resolve))
    await consumer.run({
      autoCommit: false,
      eachBatch: async payload => {
        for (const record of recordsOf(payload)) {
          if (record[2] >= starts.get(`${record[0]}:${record[1]}`)) {
            gathering.add(record)
          }
        }
      }
    })
    await joined
    if (command.from.at !== 'beginning') {
      places.forEach(({ topic, partition, start }) => consumer.seek({ topic, partition, offset: String(start) }))
    }
    tell({ event: 'positioned', read: command.id })
    return await gathering.done
  } finally {
    await consumer.disconnect()
  }
}

async function join (command) {
  const consumer = cluster(command).consumer({
    groupId: command.group,
    sessionTimeout: command.sessionTimeout,
    rebalanceTimeout: 10_000,
    heartbeatInterval: 300,
    maxWaitTimeInMs: 100,
    metadataMaxAge: 2000
  })
  const telling = new Telling(command.member, command.most)
  const member = { consumer, telling, partitions: new Set() }
  const assign = assignment => {
    member.partitions = new Set(Object.entries(assignment).flatMap(([topic, partitions]) => partitions.map(partition => `${topic}:${partition}`)))
    telling.assigned(member.partitions)
  }
  consumer.on(consumer.events.GROUP_JOIN, event => assign(event.payload.memberAssignment))
  consumer.on(consumer.events.REBALANCING, () => assign({}))
  consumer.on(consumer.events.CRASH, event => event.payload.restart || tell({ event: 'failed', member: command.member, error: String(event.payload.error) }))
  members.set(command.member, member)
  await consumer.connect()
  await consumer.subscribe({ topics: command.topics, fromBeginning: true })
  await consumer.run({ autoCommit: false, eachBatch: async payload => telling.deliver(recordsOf(payload)) })
}

async function commit (command) {
  const { consumer, telling, partitions } = members.get(command.member)
  await consumer.commitOffsets(telling.of(partitions).map(([topic, partition, offset]) => ({ topic, partition, offset: String(offset) })))
}

async function leave (command) {
  await members.get(command.member).consumer.disconnect()
  members.delete(command.member)
}

async function transaction (command) {
  const client = cluster(command).producer({ transactionalId: command.transactionalId, idempotent: true, maxInFlightRequests: 1, retry: { retries: 5 } })
  await client.connect()
  try {
    for (const step of command.steps) {
      const transaction = await client.transaction()
      await transaction.send({ topic: command.topic, messages: step.values.map(value => ({ value })) })
      if (step.group) {
        const partitions = [{ partition: 0, offset: String(step.offset) }]
        await transaction.sendOffsets({ consumerGroupId: step.group, topics: [{ topic: command.topic, partitions }] })
      }
      await (step.commits ? transaction.commit() : transaction.abort())
    }
  } finally {
    await client.disconnect()
  }
}

const entries = object => Object.entries(object).map(([name, value]) => ({ name, value }))
const types = { topic: ConfigResourceTypes.TOPIC, broker: ConfigResourceTypes.BROKER }

serve({
  write,
  read,
  join,
  commit,
  leave,
  transaction,
  createTopics: async command => {
    // kafkajs says no more than that a topic was there, and that none was made.
    const made = await (await admin(command)).createTopics({
      topics: command.topics.map(topic => ({ topic: topic.name, numPartitions: topic.partitions, replicationFactor: 1, configEntries: entries(topic.configs) }))
    })
    if (!made) {
      throw new Error('TOPIC_ALREADY_EXISTS')
    }
  },
  describeTopics: async command => {
    const { topics } = await (await admin(command)).fetchTopicMetadata({ topics: command.topics })
    return Object.fromEntries(topics.map(topic => [topic.name, topic.partitions.length]))
  },
  deleteTopics: async command => (await admin(command)).deleteTopics({ topics: command.topics }),
  createPartitions: async command => {
    await (await admin(command)).createPartitions({ topicPartitions: [{ topic: command.topic, count: command.total }] })
  },
  deleteRecords: async command => {
    const client = await admin(command)
    // It looks for the partitions' leaders in what it already knows, and knows no topic before it was asked about it.
    await client.fetchTopicOffsets(command.topic)
    await client.deleteTopicRecords({ topic: command.topic, partitions: command.offsets.map(([partition, offset]) => ({ partition, offset: String(offset) })) })
  },
  describeConfigs: async command => {
    const { resources: [described] } = await (await admin(command)).describeConfigs({ resources: [{ type: types[command.type], name: command.name }], includeSynonyms: false })
    return Object.fromEntries(described.configEntries.map(entry => [entry.configName, entry.configValue]))
  },
  alterConfigs: async command => {
    await (await admin(command)).alterConfigs({ validateOnly: false, resources: [{ type: types[command.type], name: command.name, configEntries: entries(command.set) }] })
  },
  listGroups: async command => (await (await admin(command)).listGroups()).groups.map(group => group.groupId),
  describeGroups: async command => {
    const { groups } = await (await admin(command)).describeGroups(command.groups)
    return Object.fromEntries(groups.map(group => [group.groupId, { state: group.state, members: group.members.length }]))
  },
  deleteGroups: async command => {
    await (await admin(command)).deleteGroups(command.groups)
  },
  describeCluster: async command => {
    const described = await (await admin(command)).describeCluster()
    return { cluster: described.clusterId, controller: described.controller, brokers: described.brokers.map(broker => [broker.nodeId, broker.host, broker.port]) }
  },
  listOffsets: async command => {
    const places = new Map((await positions(command, command.topic)).map(place => [place.partition, place.start]))
    return command.partitions.map(partition => places.get(partition))
  },
  groupOffsets: async command => {
    const [{ partitions }] = await (await admin(command)).fetchOffsets({ groupId: command.group, topics: [command.topic] })
    const offsets = new Map(partitions.map(entry => [entry.partition, Number(entry.offset)]))
    return command.partitions.map(partition => offsets.get(partition) ?? -1)
  }
})
