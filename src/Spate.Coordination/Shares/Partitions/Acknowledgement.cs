namespace Spate.Coordination.Shares.Partitions;

/// <summary>What a member says of a stretch of records.</summary>
/// <param name="FirstOffset">The first offset.</param>
/// <param name="LastOffset">The last offset.</param>
/// <param name="Types">One <see cref="AcknowledgeType"/> for all of them, or one for each.</param>
public readonly record struct Acknowledgement(long FirstOffset, long LastOffset, IReadOnlyList<sbyte> Types)
{
    /// <summary>Whether it is of the form that the protocol asks for.</summary>
    public bool IsWellFormed =>
        FirstOffset >= 0 && LastOffset >= FirstOffset && Types is { Count: > 0 }
        && (Types.Count == 1 || Types.Count == LastOffset - FirstOffset + 1)
        && Types.All(static type => type is >= (sbyte)AcknowledgeType.Gap and <= (sbyte)AcknowledgeType.Renew);

    /// <summary>Its parts, of which the same is said. Only what is well formed has them.</summary>
    public IEnumerable<(OffsetRange Range, AcknowledgeType Type)> Stretches()
    {
        if (Types.Count == 1)
        {
            yield return (new OffsetRange(FirstOffset, LastOffset), (AcknowledgeType)Types[0]);
            yield break;
        }

        var begin = 0;
        for (var index = 1; index <= Types.Count; index++)
        {
            if (index == Types.Count || Types[index] != Types[begin])
            {
                yield return (new OffsetRange(FirstOffset + begin, FirstOffset + index - 1), (AcknowledgeType)Types[begin]);
                begin = index;
            }
        }
    }
}
