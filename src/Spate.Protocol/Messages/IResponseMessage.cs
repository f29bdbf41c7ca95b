using Spate.Protocol.Errors;

namespace Spate.Protocol.Messages;

/// <summary>A response, whichever it is. It is read and written in the version that its request came in.</summary>
public interface IResponseMessage : IMessage
{
    /// <summary>The key of the request that it answers.</summary>
    ApiKey ApiKey { get; }

    /// <summary>Counts every error code that the response bears; one None where it bears none at all.</summary>
    void TallyErrors(IErrorTally tally);
}
