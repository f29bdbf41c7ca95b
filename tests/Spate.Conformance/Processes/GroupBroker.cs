namespace Spate.Conformance.Processes;

/// <summary>A shared broker whose groups miss a silent member soon, so that tests that kill one need not wait for it.</summary>
public sealed class GroupBroker : SharedBroker
{
    /// <summary>The shortest session timeout that its groups allow, in milliseconds.</summary>
    internal const int SessionTimeoutMin = 2000;

    public GroupBroker()
        : base(
        [
            ("group.min.session.timeout.ms", "2000"),
            ("group.consumer.min.session.timeout.ms", "2000"),
            ("group.consumer.session.timeout.ms", "2000"),
            ("group.consumer.min.heartbeat.interval.ms", "300"),
            ("group.consumer.heartbeat.interval.ms", "300"),
        ])
    {
    }
}
