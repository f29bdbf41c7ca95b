namespace Spate.Protocol.Messages;

/// <summary>A response, whichever it is. It is read and written in the version that its request came in.</summary>
public interface IResponseMessage : IMessage
{
    /// <summary>The key of the request that it answers.</summary>
    ApiKey ApiKey { get; }
}
