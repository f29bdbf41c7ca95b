namespace Spate.Client.Sharing;

/// <summary>How records of a share group are acknowledged. Kafka: <c>share.acknowledgement.mode</c>.</summary>
public enum AcknowledgeMode
{
    /// <summary>A record counts as accepted when the one after it is asked for, unless it was acknowledged otherwise before that.</summary>
    Implicit = 0,

    /// <summary>Each record is acknowledged by name. One that is not is delivered again, here or elsewhere, when its lock has ended.</summary>
    Explicit = 1,
}
