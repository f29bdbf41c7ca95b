using Spate.Protocol.Messages;

namespace Spate.Client.Connections;

/// <summary>A request that the broker does not answer (Produce with acks=0): it ends when the system has taken it.</summary>
internal sealed class PendingWrite(ApiKey api, short version, int correlationId, long deadline) : PendingReply(api, version, correlationId, deadline)
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Task => _completion.Task;

    public override bool ExpectsReply => false;

    public void Written() => _completion.TrySetResult();

    public override void Complete(ReplyFrame frame) => throw new InvalidOperationException("A request without a reply was given one.");

    public override void Fail(KafkaException failure) => _completion.TrySetException(failure);
}
