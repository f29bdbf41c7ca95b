using System.Buffers.Binary;
using Spate.Client.Errors;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Client.Connections;

/// <summary>A request whose reply is of a known type.</summary>
internal sealed class PendingReply<TResponse>(ApiKey api, short version, int correlationId, long deadline, string broker)
    : PendingReply(api, version, correlationId, deadline)
    where TResponse : class, IResponseMessage, new()
{
    private readonly TaskCompletionSource<Reply<TResponse>> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenRegistration _registration;

    public Task<Reply<TResponse>> Task => _completion.Task;

    /// <summary>Lets go of the waiter when the token is cancelled; the connection still reads the reply, and drops it. To be called before the request is sent.</summary>
    public void CancelWith(CancellationToken cancellationToken) =>
        _registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((PendingReply<TResponse>)state!)._completion.TrySetCanceled(token), this);

    public override void Complete(ReplyFrame frame)
    {
        _registration.Unregister();
        try
        {
            var (message, read) = Read(frame.Memory);
            if (_completion.TrySetResult(new Reply<TResponse>(message, read, frame)))
            {
                return;
            }
        }
        catch (MalformedMessageException malformed)
        {
            frame.Dispose();
            Fail(new KafkaConnectionException($"Broker {broker} sent a reply that is not one: {Sentence.Of(malformed.Message)}", malformed) { Broker = broker });
            throw;
        }

        frame.Dispose();
    }

    public override void Fail(KafkaException failure)
    {
        _registration.Unregister();
        _completion.TrySetException(failure);
    }

    private (TResponse Message, short Version) Read(ReadOnlyMemory<byte> bytes)
    {
        var reader = new MessageReader(bytes);
        var header = new ResponseHeader();
        header.Read(ref reader, ApiCatalog.Get(Api).ResponseHeaderVersion(Version));
        if (header.CorrelationId != CorrelationId)
        {
            reader.Fail($"it answers request {header.CorrelationId} where {CorrelationId} was next");
        }

        var answered = VersionOf(bytes.Span[reader.Position..]);
        var message = new TResponse();
        message.Read(ref reader, answered);
        return (message, answered);
    }

    /// <summary>A broker that does not know the version of ApiVersions that it was asked in answers in version 0 (KIP-511).</summary>
    private short VersionOf(ReadOnlySpan<byte> body) =>
        Api == ApiKey.ApiVersions && body.Length >= sizeof(short) && BinaryPrimitives.ReadInt16BigEndian(body) == (short)ErrorCode.UnsupportedVersion
            ? (short)0
            : Version;
}
