namespace Spate.Client.Consuming.Groups;

/// <summary>What the parts of one consumer's share in a group have in common.</summary>
internal sealed class GroupContext(Cluster cluster, ConsumerOptions options, Prefetch prefetch, Floor floor)
{
    private volatile MemberIdentity _identity = MemberIdentity.None;

    public Cluster Cluster => cluster;

    public ConsumerOptions Options => options;

    public Prefetch Prefetch => prefetch;

    public Floor Floor => floor;

    public string GroupId { get; } = options.GroupId!;

    public CoordinatorCalls Coordinator { get; } = new(cluster, options.GroupId!);

    /// <summary>Who it is to the group at present.</summary>
    public MemberIdentity Identity
    {
        get => _identity;
        set => _identity = value;
    }
}
