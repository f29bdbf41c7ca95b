namespace Spate.Protocol.Messages;

/// <summary>Which kind of node answers an API in a cluster that keeps its own quorum.</summary>
[Flags]
public enum ApiListeners
{
    /// <summary>Only clusters with ZooKeeper used it.</summary>
    None = 0,

    Broker = 1,

    Controller = 2,
}
