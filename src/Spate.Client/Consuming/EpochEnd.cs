using Spate.Protocol.Errors;

namespace Spate.Client.Consuming;

/// <summary>How far a leader's log goes with the records of an epoch.</summary>
/// <param name="Error">Why there is no answer, or none.</param>
/// <param name="Epoch">The highest epoch in the log that is not above the one that was asked for; -1 when there is none.</param>
/// <param name="EndOffset">The offset after the last record of that epoch; -1 when there is none.</param>
internal readonly record struct EpochEnd(ErrorCode Error, int Epoch, long EndOffset)
{
    /// <summary>The leader cannot tell; nothing speaks against what was read.</summary>
    public static EpochEnd Untold { get; } = new(ErrorCode.None, int.MaxValue, long.MaxValue);

    public bool IsKnown => Epoch >= 0 && EndOffset >= 0;
}
