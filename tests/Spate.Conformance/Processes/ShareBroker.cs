namespace Spate.Conformance.Processes;

/// <summary>A shared broker whose share groups hear of each other soon.</summary>
public sealed class ShareBroker : SharedBroker
{
    public ShareBroker()
        : base([("group.share.min.heartbeat.interval.ms", "100"), ("group.share.heartbeat.interval.ms", "100")])
    {
    }
}
