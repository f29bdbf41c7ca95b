namespace Spate.Conformance.Clients;

/// <summary>What one client can do and another cannot. A scenario is run with each client that has what it needs.</summary>
[Flags]
internal enum Ability
{
    None = 0,

    /// <summary>Writes and reads headers.</summary>
    Headers = 1 << 0,

    /// <summary>Writes keys and values that are null or empty, each as what it is.</summary>
    Nulls = 1 << 1,

    /// <summary>Writes records with the time and to the partition that it is told, and makes and counts topics.</summary>
    Topics = 1 << 2,

    /// <summary>Begins to read at a time.</summary>
    Times = 1 << 3,

    /// <summary>Joins groups, and says what it was assigned and reads.</summary>
    Groups = 1 << 4,

    /// <summary>Moves partitions one by one when a group changes, and keeps the others.</summary>
    Cooperative = 1 << 5,

    /// <summary>Joins as a member that keeps its partitions while it restarts.</summary>
    StaticMembers = 1 << 6,

    /// <summary>Writes so that what it sends again is there once.</summary>
    Idempotence = 1 << 7,

    /// <summary>Writes in transactions.</summary>
    Transactions = 1 << 8,

    /// <summary>Lists and describes groups, and gives their offsets.</summary>
    DescribesGroups = 1 << 9,

    /// <summary>Deletes groups.</summary>
    DeletesGroups = 1 << 10,

    /// <summary>Deletes topics.</summary>
    DeletesTopics = 1 << 11,

    /// <summary>Reads configurations.</summary>
    DescribesConfigs = 1 << 12,

    /// <summary>Changes configurations, all of a resource at once.</summary>
    AltersConfigs = 1 << 13,

    /// <summary>Changes single entries of configurations.</summary>
    AltersSingleConfigs = 1 << 14,

    /// <summary>Adds partitions to a topic.</summary>
    CreatesPartitions = 1 << 15,

    /// <summary>Deletes the records before an offset.</summary>
    DeletesRecords = 1 << 16,

    /// <summary>Describes the directories of the logs.</summary>
    LogDirectories = 1 << 17,

    /// <summary>Describes the cluster.</summary>
    Cluster = 1 << 18,

    /// <summary>Writes a record that has neither key nor value.</summary>
    NullRecords = 1 << 19,

    /// <summary>Writes snappy in the frames that Java's library has around it.</summary>
    FramesSnappy = 1 << 20,

    /// <summary>Reads snappy without those frames only.</summary>
    PlainSnappyOnly = 1 << 21,

    /// <summary>A member that keeps a partition when its group changes hands over twice what it was fetching from it.</summary>
    RepeatsAfterRebalance = 1 << 22,

    /// <summary>Gives the time of what it reads.</summary>
    TellsTimes = 1 << 23,

    /// <summary>Reads as the only member of a group.</summary>
    ReadsAsGroup = 1 << 24,

    /// <summary>Puts the records of a key where Kafka's own client puts them, by murmur2.</summary>
    PlacesKeysAsKafka = 1 << 25,

    /// <summary>Joins groups by the consumer protocol.</summary>
    ConsumerProtocol = 1 << 26,

    /// <summary>
    /// Stays in a group by the classic protocol while the group changes to the other one. kafkajs does not: where a round takes no time it stumbles over what it was fetching before. The
    /// classic members of platformatic-kafka do not: what they say of their subscription is not what consumers say, so that a broker cannot take them over.
    /// </summary>
    OutlivesItsProtocol = 1 << 27,
}
