// @platformatic/kafka.
import { randomUUID } from 'node:crypto'
import { debugging, found, firstOffsets, Gathering, load, serve, tell, Telling, text, unpack, waitMs } from '../driver.mjs'

const { Admin, Consumer, Producer, ConfigResourceTypes, IncrementalAlterConfigOperationTypes } = load('@platformatic/kafka')

const admins = new Map()
const producers = new Map()
const members = new Map()

function cached (map, key, make) {
  if (!map.has(key)) {
    map.set(key, make())
  }
  return map.get(key)
}

const common = command => ({
  clientId: 'conformance',
  bootstrapBrokers: [command.broker],
  timeout: waitMs,
  retries: 40,
  retryDelay: 250,
  metadataMaxAge: 2000,
  autocreateTopics: true
})

const admin = command => cached(admins, command.broker, () => new Admin({ ...common(command), retries: 3 }))

const producer = command => cached(producers, `${command.broker} ${command.idempotent}`, () =>
  new Producer({ ...common(command), idempotent: command.idempotent }))

async function write (command) {
  const messages = command.records.map(record => ({
    topic: record.topic,
    key: unpack(record.key) ?? undefined,
    value: unpack(record.value) ?? undefined,
    headers: new Map(record.headers.map(([name, data]) => [Buffer.from(name), unpack(data)])),
    ...(record.partition < 0 ? {} : { partition: record.partition }),
    ...(record.timestamp < 0 ? {} : { timestamp: BigInt(record.timestamp) })
  }))
  const { offsets } = await producer(command).send({ messages, acks: -1, compression: command.codec })
  return firstOffsets(offsets.map(({ topic, partition, offset }) => [topic, partition, offset]))
}

const foundIn = message => found(
  message.topic, message.partition, message.offset, message.timestamp, message.key, message.value,
  [...(message.headers ?? new Map())].map(([name, data]) => [name.toString(), data]))

function listed (consumer, topics, timestamp) {
  return consumer.listOffsets({ topics, timestamp })
}

// Where to begin in each partition, and where it ends.
async function positions (consumer, topics, where) {
  const ends = await listed(consumer, topics, -1n)
  const starts = where.at === 'offset' ? null : await listed(consumer, topics, { beginning: -2n, end: -1n, time: BigInt(where.value ?? 0) }[where.at])
  return topics.flatMap(topic => ends.get(topic).map((end, partition) => {
    const start = starts === null ? BigInt(where.value) : starts.get(topic)[partition]
    // There may be no record at or after a time.
    return { topic, partition, start: start < 0n ? end : start, end }
  }))
}

const reader = (command, group) => new Consumer({ ...common(command), groupId: group ?? `reader-${randomUUID()}`, maxWaitTime: 100, heartbeatInterval: 1000, autocommit: false })

async function read (command) {
  const consumer = reader(command)
  try {
    const places = await positions(consumer, command.topics, command.from)
    const gathering = new Gathering(new Map(places.filter(place => place.start < place.end).map(place => [`${place.topic}:${place.partition}`, Number(place.end)])), command.count)
    const stream = await consumer.consume({
      topics: command.topics,
      mode: 'manual',
      offsets: places.map(({ topic, partition, start }) => ({ topic, partition, offset: start })),
      autocommit: false,
      maxWaitTime: 100
    })
    stream.on('data', message => gathering.add(foundIn(message)))
    stream.on('error', error => gathering.reject(error))
    tell({ event: 'positioned', read: command.id })
    return await gathering.done
  } finally {
    await consumer.close(true)
  }
}

async function join (command) {
  const byBroker = command.manner === 'ConsumerProtocol'
  const consumer = new Consumer({
    ...common(command),
    groupId: command.group,
    // With the consumer protocol the broker has the say on sessions and heartbeats; this client wants bounds that agree all the same.
    sessionTimeout: command.sessionTimeout,
    rebalanceTimeout: Math.max(10_000, command.sessionTimeout),
    heartbeatInterval: 300,
    maxWaitTime: 100,
    autocommit: false,
    ...(byBroker ? { groupProtocol: 'consumer' } : {}),
    ...(command.instance === null ? {} : { groupInstanceId: command.instance })
  })
  const telling = new Telling(command.member, command.most)
  const member = { consumer, telling, partitions: new Set() }
  const assign = assignments => {
    member.partitions = new Set(assignments.flatMap(({ topic, partitions }) => partitions.map(partition => `${topic}:${partition}`)))
    telling.assigned(member.partitions)
  }
  if (byBroker) {
    // It does not say when its partitions change, but sends a heartbeat whenever they have.
    let told = null
    consumer.on('consumer:heartbeat:start', () => {
      if (consumer.assignments !== told) {
        told = consumer.assignments
        assign(told ?? [])
      }
    })
  } else {
    consumer.on('consumer:group:join', payload => assign(payload.assignments ?? []))
    consumer.on('consumer:group:rebalance', () => assign([]))
  }
  if (debugging) {
    for (const event of ['consumer:group:join', 'consumer:group:leave', 'consumer:group:rejoin', 'consumer:group:rebalance', 'consumer:heartbeat:error']) {
      consumer.on(event, payload => console.error(event, payload))
    }
  }
  members.set(command.member, member)
  member.stream = await consumer.consume({ topics: command.topics, mode: 'committed', fallbackMode: 'earliest', autocommit: false, maxWaitTime: 100 })
  member.stream.on('data', message => telling.deliver([foundIn(message)]))
  member.stream.on('error', error => tell({ event: 'failed', member: command.member, error: text(error) }))
}

async function commit (command) {
  const { consumer, telling, partitions } = members.get(command.member)
  const offsets = telling.of(partitions).map(([topic, partition, offset]) => ({ topic, partition, offset: BigInt(offset), leaderEpoch: -1 }))
  if (offsets.length > 0) {
    await consumer.commit({ offsets })
  }
}

async function leave (command) {
  const { consumer } = members.get(command.member)
  members.delete(command.member)
  await consumer.close(true)
}

// Offsets go along only with a consumer that reads; this client has none here.
async function transaction (command) {
  const client = new Producer({ ...common(command), idempotent: true, transactionalId: command.transactionalId, retries: 5 })
  try {
    for (const step of command.steps) {
      const transaction = await client.beginTransaction()
      await transaction.send({ messages: step.values.map(value => ({ topic: command.topic, value: Buffer.from(value) })), acks: -1 })
      await (step.commits ? transaction.commit() : transaction.abort())
    }
  } finally {
    await client.close(true)
  }
}

const types = { topic: ConfigResourceTypes.TOPIC, broker: ConfigResourceTypes.BROKER }
const alteration = (operation, configs) => configs.map(([name, value]) => ({ name, configOperation: IncrementalAlterConfigOperationTypes[operation], value }))

serve({
  write,
  read,
  join,
  commit,
  leave,
  transaction,
  createTopics: async command => {
    for (const topic of command.topics) {
      await admin(command).createTopics({ topics: [topic.name], partitions: topic.partitions, replicas: 1, configs: Object.entries(topic.configs).map(([name, value]) => ({ name, value })) })
    }
  },
  describeTopics: async command => {
    const { topics } = await admin(command).metadata({ topics: command.topics, forceUpdate: true })
    return Object.fromEntries(command.topics.map(topic => [topic, topics.get(topic).partitionsCount]))
  },
  deleteTopics: command => admin(command).deleteTopics({ topics: command.topics }),
  createPartitions: command => admin(command).createPartitions({ topics: [{ name: command.topic, count: command.total, assignments: null }] }),
  deleteRecords: async command => {
    await admin(command).deleteRecords({
      topics: [{ name: command.topic, partitions: command.offsets.map(([partition, offset]) => ({ partition, offset: BigInt(offset) })) }]
    })
  },
  describeConfigs: async command => {
    const [described] = await admin(command).describeConfigs({ resources: [{ resourceType: types[command.type], resourceName: command.name }] })
    return Object.fromEntries(described.configs.map(entry => [entry.name, entry.value]))
  },
  alterConfigs: command => admin(command).incrementalAlterConfigs({
    resources: [{
      resourceType: types[command.type],
      resourceName: command.name,
      configs: [...alteration('SET', Object.entries(command.set)), ...alteration('DELETE', command.delete.map(name => [name, null]))]
    }]
  }),
  listGroups: async command => [...(await admin(command).listGroups()).keys()],
  describeGroups: async command => Object.fromEntries(
    [...await admin(command).describeGroups({ groups: command.groups })].map(([name, group]) => [name, { state: group.state, members: group.members.size }])),
  deleteGroups: command => admin(command).deleteGroups({ groups: command.groups }),
  describeCluster: async command => {
    const described = await admin(command).metadata({ forceUpdate: true })
    return { cluster: described.id, controller: described.controllerId, brokers: [...described.brokers].map(([id, broker]) => [id, broker.host, broker.port]) }
  },
  logDirs: async command => {
    const [broker] = await admin(command).describeLogDirs({ topics: [{ name: command.topic, partitions: command.partitions }] })
    return Object.fromEntries(broker.results.map(directory => [
      directory.logDir,
      Object.fromEntries(directory.topics.flatMap(topic => topic.partitions.map(entry => [`${topic.name}:${entry.partitionIndex}`, Number(entry.partitionSize)])))
    ]))
  },
  listOffsets: async command => {
    const consumer = reader(command)
    try {
      const places = await positions(consumer, [command.topic], command.from)
      return command.partitions.map(partition => Number(places.find(place => place.partition === partition).start))
    } finally {
      await consumer.close(true)
    }
  },
  groupOffsets: async command => {
    const [group] = await admin(command).listConsumerGroupOffsets({ groups: [{ groupId: command.group, topics: [{ name: command.topic, partitionIndexes: command.partitions }] }] })
    const offsets = new Map(group.topics.flatMap(topic => topic.partitions.map(entry => [entry.partitionIndex, Number(entry.committedOffset)])))
    return command.partitions.map(partition => offsets.get(partition) ?? -1)
  }
})
