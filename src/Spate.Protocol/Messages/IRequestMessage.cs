namespace Spate.Protocol.Messages;

/// <summary>A request, whichever it is.</summary>
public interface IRequestMessage : IMessage
{
    /// <summary>The key that the request's header carries.</summary>
    ApiKey ApiKey { get; }
}
