using Spate.Protocol.Messages;

namespace Spate.Broker.Fetching;

/// <summary>What one Fetch request asks for as a whole, beside its partitions.</summary>
internal readonly record struct FetchTerms
{
    private const short FirstVersionWithMaxBytes = 3;
    private const short FirstVersionOfZstd = 10;
    private const short FirstVersionOfTopicIds = 13;
    private const short FirstVersionOfReplicaState = 15;
    private const short FirstVersionOfLeaders = 16;
    private const sbyte Uncommitted = 0;
    private const sbyte Committed = 1;
    private const int NoReplica = -1;

    /// <param name="request">The request.</param>
    /// <param name="version">Its version.</param>
    /// <param name="responseBytesMax"><c>fetch.max.bytes</c>.</param>
    /// <param name="nodeId">This node.</param>
    public FetchTerms(FetchRequest request, short version, int responseBytesMax, int nodeId)
    {
        NodeId = nodeId;
        Version = version;
        BytesMax = GrowsForFirstBatch ? Math.Min(request.MaxBytes, responseBytesMax) : responseBytesMax;

        // Whoever asks for more than may come would wait for nothing.
        BytesMin = Math.Min(request.MinBytes, BytesMax);
        ReadCommitted = request.IsolationLevel == Committed;
        IsFollower = (version >= FirstVersionOfReplicaState ? request.ReplicaState?.ReplicaId ?? NoReplica : request.ReplicaId) >= 0;
    }

    public short Version { get; }

    /// <summary>Record bytes that the response may have; 0 or less brings the first batch only.</summary>
    public int BytesMax { get; }

    /// <summary>Record bytes that are worth an answer before the time is up.</summary>
    public int BytesMin { get; }

    /// <summary>Whether only what transactions have decided is wanted.</summary>
    public bool ReadCommitted { get; }

    /// <summary>Whether it says that it is a replica. This node's partitions have no other replica yet.</summary>
    public bool IsFollower { get; }

    /// <summary>Whether the first batch comes whole, however large; see <see cref="FetchLimits"/>.</summary>
    public bool GrowsForFirstBatch => Version >= FirstVersionWithMaxBytes;

    public bool KnowsZstd => Version >= FirstVersionOfZstd;

    /// <summary>Whether topics are named by id.</summary>
    public bool NamesTopicsById => Version >= FirstVersionOfTopicIds;

    /// <summary>The node that leads all the partitions that there are here.</summary>
    public int NodeId { get; }

    /// <summary>Whether errors say who leads (KIP-951).</summary>
    public bool TellsLeaders => Version >= FirstVersionOfLeaders;

    /// <summary>Whether a request asks for an isolation level that there is.</summary>
    public static bool KnowsIsolation(FetchRequest request) => request.IsolationLevel is Uncommitted or Committed;
}
