namespace Spate.Client.Connections;

/// <summary>Which broker something is to be asked at, or why none can be named.</summary>
internal readonly record struct FoundBroker
{
    private readonly int _nodeId;

    public FoundBroker(int nodeId) => _nodeId = nodeId;

    public FoundBroker(KafkaException failure) => Failure = failure;

    /// <summary>Null when there is one.</summary>
    public KafkaException? Failure { get; }

    /// <exception cref="KafkaException">There is none.</exception>
    public int NodeId => Failure is { } failure ? throw failure : _nodeId;
}
