using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Broker.Requests;

/// <summary>The part that all handlers share: the body becomes a request, and every byte of it must have been one.</summary>
/// <typeparam name="TRequest">The request that the handler answers.</typeparam>
/// <typeparam name="TResponse">What it answers.</typeparam>
public abstract class RequestHandler<TRequest, TResponse> : IRequestHandler
    where TRequest : class, IRequestMessage<TResponse>, new()
    where TResponse : class, IResponseMessage, new()
{
    public ApiKey Key => TRequest.Key;

    public virtual short LowestVersion => TRequest.LowestVersion;

    public virtual short HighestVersion => TRequest.HighestVersion;

    public ValueTask<IMessage?> HandleAsync(ReadOnlyMemory<byte> body, RequestContext context, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        var request = new TRequest();
        var reader = new MessageReader(body);
        request.Read(ref reader, context.ApiVersion);
        reader.EnsureEnd();
        var reply = HandleAsync(request, context, cancellation);
        return reply.IsCompletedSuccessfully ? new ValueTask<IMessage?>(reply.Result) : FinishAsync(reply);
    }

    /// <summary>Does what the request asks. Null stands for "no reply", which only Produce knows.</summary>
    protected abstract ValueTask<TResponse?> HandleAsync(TRequest request, RequestContext context, CancellationToken cancellation);

    private static async ValueTask<IMessage?> FinishAsync(ValueTask<TResponse?> reply) => await reply;
}
