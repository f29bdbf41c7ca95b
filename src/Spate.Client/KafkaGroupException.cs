using Spate.Protocol.Errors;

namespace Spate.Client;

/// <summary>
/// A group refused a consumer, put it out, or took no commit from it. <see cref="KafkaException.IsFatal"/>: it cannot come back. Otherwise an enumeration that
/// is begun again joins the group again, and reads on from what is committed.
/// </summary>
public sealed class KafkaGroupException : KafkaException
{
    /// <param name="errorCode">The protocol's code for it.</param>
    /// <param name="groupId">The group.</param>
    /// <param name="message">What failed, where, and what to do next.</param>
    /// <param name="innerException">What lay beneath, or null.</param>
    public KafkaGroupException(ErrorCode errorCode, string groupId, string message, Exception? innerException = null)
        : base(errorCode, message, innerException) => GroupId = groupId;

    /// <summary>The group.</summary>
    public string GroupId { get; }
}
