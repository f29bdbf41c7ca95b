namespace Spate.Client.Administration.Calls;

/// <summary>What a client may do, out of the bits of replies (KIP-430): each operation is the bit of its number.</summary>
internal static class AuthorizedOperations
{
    /// <summary>The first version of DescribeGroups that can be asked for them.</summary>
    public const short FirstOfGroups = 3;

    /// <summary>The first version of Metadata that can be asked for those on topics.</summary>
    public const short FirstOfTopics = 8;

    private const int NotTold = int.MinValue;

    /// <returns>The operations in the order of their numbers; null where the broker does not tell.</returns>
    public static IReadOnlyList<AclOperation>? Read(int bits)
    {
        if (bits == NotTold)
        {
            return null;
        }

        var operations = new List<AclOperation>();
        for (var number = 0; number < 32; number++)
        {
            if ((bits & (1 << number)) != 0)
            {
                operations.Add(Enum.IsDefined((AclOperation)number) ? (AclOperation)number : AclOperation.Unknown);
            }
        }

        return operations;
    }
}
