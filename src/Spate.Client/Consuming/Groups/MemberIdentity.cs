namespace Spate.Client.Consuming.Groups;

/// <summary>Who a consumer is to its group. Immutable, so that it can be read by whoever commits while the membership moves on.</summary>
/// <param name="MemberId">The member's id; empty before it has one.</param>
/// <param name="Epoch">The generation, or the member's epoch; <see cref="NoEpoch"/> outside the group.</param>
internal sealed record MemberIdentity(string MemberId, int Epoch)
{
    public const int NoEpoch = -1;

    /// <summary>Not in a group; also what commits for partitions that the caller named come from.</summary>
    public static MemberIdentity None { get; } = new("", NoEpoch);

    public bool IsMember => Epoch != NoEpoch;

    /// <summary>The same member, out of the group.</summary>
    public MemberIdentity Outside => this with { Epoch = NoEpoch };
}
