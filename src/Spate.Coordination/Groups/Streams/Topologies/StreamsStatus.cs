namespace Spate.Coordination.Groups.Streams.Topologies;

/// <summary>What members of a streams group are told of it beside their tasks. The numbers stand in StreamsGroupHeartbeat.</summary>
internal enum StreamsStatus : sbyte
{
    /// <summary>The member brought an older topology than the group has.</summary>
    StaleTopology = 0,

    /// <summary>A topic that the application reads is not there.</summary>
    MissingSourceTopics = 1,

    /// <summary>Topics do not have the partitions that they need.</summary>
    IncorrectlyPartitionedTopics = 2,

    /// <summary>A topic of the application's own is not there yet.</summary>
    MissingInternalTopics = 3,

    /// <summary>A member has asked for all of the application to stop.</summary>
    ShutdownApplication = 4,

    /// <summary>The group waits for more members before it assigns anything.</summary>
    AssignmentDelayed = 5,
}
