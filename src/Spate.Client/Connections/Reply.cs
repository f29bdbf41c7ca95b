using Spate.Protocol.Messages;

namespace Spate.Client.Connections;

/// <summary>A reply that was understood. Byte fields of the message look into its frame, and are good until it is disposed.</summary>
internal sealed class Reply<TResponse>(TResponse message, short version, ReplyFrame? frame) : IDisposable
    where TResponse : class, IResponseMessage, new()
{
    public TResponse Message { get; } = message;

    /// <summary>The version it came in.</summary>
    public short Version { get; } = version;

    public void Dispose() => frame?.Dispose();
}
