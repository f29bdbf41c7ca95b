using Spate.Protocol.Messages;

namespace Spate.Client.Connections;

/// <summary>A request whose reply is waited for. It comes to exactly one end; what arrives after a cancellation is dropped.</summary>
internal abstract class PendingReply(ApiKey api, short version, int correlationId, long deadline)
{
    public ApiKey Api { get; } = api;

    public short Version { get; } = version;

    public int CorrelationId { get; } = correlationId;

    /// <summary>The timestamp of the clock at which the broker has taken too long.</summary>
    public long Deadline { get; } = deadline;

    /// <summary>The timestamp of the clock at which it took its place among the requests.</summary>
    public long PostedAt { get; set; }

    /// <summary>Part of proving who the client is, which goes before everything else.</summary>
    public bool IsForAuthentication { get; init; }

    /// <summary>False for requests that are not answered: they end when they have been written.</summary>
    public virtual bool ExpectsReply => true;

    /// <summary>Takes over the frame, whatever comes of it.</summary>
    /// <exception cref="Protocol.Wire.MalformedMessageException">The bytes are not the reply; the connection is out of step.</exception>
    public abstract void Complete(ReplyFrame frame);

    public abstract void Fail(KafkaException failure);
}
