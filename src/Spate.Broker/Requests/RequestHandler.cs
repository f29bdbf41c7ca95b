using Spate.Broker.Network;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Broker.Requests;

/// <summary>
/// The part that all handlers share: the body becomes a request, and every byte of it must have been one. A request that says how long it
/// waits is answered by then (<see cref="TimedOutReplies"/>); what it asks goes on, for a decision that has begun cannot be called back.
/// </summary>
/// <typeparam name="TRequest">The request that the handler answers.</typeparam>
/// <typeparam name="TResponse">What it answers.</typeparam>
public abstract class RequestHandler<TRequest, TResponse> : IRequestHandler
    where TRequest : class, IRequestMessage<TResponse>, new()
    where TResponse : class, IResponseMessage, new()
{
    private static readonly bool HasTimeout = TimedOutReplies.AreFor(TRequest.Key);

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

        // Made before the handler has the request, which may change it.
        var timedOut = HasTimeout ? TimedOutReplies.Of(request, context.ApiVersion) : null;
        var reply = HandleAsync(request, context, cancellation);
        return reply.IsCompletedSuccessfully ? new ValueTask<IMessage?>(reply.Result)
            : timedOut is { } bound ? FinishWithinAsync(reply.AsTask(), bound.Time, bound.Reply, context.Connection)
            : FinishAsync(reply);
    }

    /// <summary>Does what the request asks. Null stands for "no reply", which only Produce knows.</summary>
    protected abstract ValueTask<TResponse?> HandleAsync(TRequest request, RequestContext context, CancellationToken cancellation);

    private static async ValueTask<IMessage?> FinishAsync(ValueTask<TResponse?> reply) => await reply;

    private static async ValueTask<IMessage?> FinishWithinAsync(Task<TResponse?> reply, TimeSpan time, IMessage timedOut, ConnectionContext connection)
    {
        try
        {
            return await reply.WaitAsync(time, connection.Clock);
        }
        catch (TimeoutException) when (!reply.IsCompleted)
        {
            _ = connection.WatchAbandonedAsync(reply);
            return timedOut;
        }
    }
}
