namespace Spate.Broker.Handlers;

/// <summary>
/// What a client may do, as the bits of replies that ask for it (KIP-430): each operation is the bit of its number. As long as nobody is
/// refused anything, every client may do all that there is for the resource.
/// </summary>
internal static class AuthorizedOperations
{
    /// <summary>Stands where the client did not ask.</summary>
    public const int NotAsked = int.MinValue;

    private const int Read = 1 << 3;
    private const int Write = 1 << 4;
    private const int Create = 1 << 5;
    private const int Delete = 1 << 6;
    private const int Alter = 1 << 7;
    private const int Describe = 1 << 8;
    private const int ClusterAction = 1 << 9;
    private const int DescribeConfigs = 1 << 10;
    private const int AlterConfigs = 1 << 11;
    private const int IdempotentWrite = 1 << 12;

    /// <summary>On a topic.</summary>
    public const int Topic = Read | Write | Create | Delete | Alter | Describe | DescribeConfigs | AlterConfigs;

    /// <summary>On a group.</summary>
    public const int Group = Read | Delete | Describe | DescribeConfigs | AlterConfigs;

    /// <summary>On the cluster.</summary>
    public const int Cluster = Create | Alter | Describe | ClusterAction | DescribeConfigs | AlterConfigs | IdempotentWrite;
}
