namespace Spate.Protocol.Messages;

/// <summary>A request whose response is known by type, and whose facts are known without an instance.</summary>
/// <typeparam name="TResponse">What answers it.</typeparam>
public interface IRequestMessage<TResponse> : IRequestMessage
    where TResponse : class, IResponseMessage, new()
{
    static abstract ApiKey Key { get; }

    static abstract short LowestVersion { get; }

    static abstract short HighestVersion { get; }

    /// <summary>The first version with compact lengths and tagged fields; <see cref="short.MaxValue"/> when there is none.</summary>
    static abstract short FirstFlexibleVersion { get; }
}
