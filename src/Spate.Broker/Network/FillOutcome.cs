namespace Spate.Broker.Network;

/// <summary>What came of waiting for a frame.</summary>
internal enum FillOutcome
{
    /// <summary>At least one frame is complete.</summary>
    Ready,

    /// <summary>The client sends no more, or receiving was stopped.</summary>
    EndOfStream,

    /// <summary>The next frame announces a length that is negative or too large.</summary>
    LengthRefused,
}
