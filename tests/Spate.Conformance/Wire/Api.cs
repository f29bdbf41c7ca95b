namespace Spate.Conformance.Wire;

/// <summary>The numbers of the APIs that the tests call by hand.</summary>
internal static class Api
{
    public const short Produce = 0;
    public const short Fetch = 1;
    public const short ListOffsets = 2;
    public const short Metadata = 3;
    public const short OffsetCommit = 8;
    public const short OffsetFetch = 9;
    public const short FindCoordinator = 10;
    public const short JoinGroup = 11;
    public const short SyncGroup = 14;
    public const short ApiVersions = 18;
    public const short CreateTopics = 19;
    public const short DeleteTopics = 20;
    public const short DeleteRecords = 21;
    public const short InitProducerId = 22;
    public const short DescribeConfigs = 32;
    public const short CreatePartitions = 37;
    public const short IncrementalAlterConfigs = 44;
}
