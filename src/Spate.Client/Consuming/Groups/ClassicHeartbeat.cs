using Spate.Client.Connections;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Consuming.Groups;

/// <summary>
/// Says that a member of a classic group is alive, from the end of one round to the beginning of the next, whatever else the member is doing meanwhile; also while it makes up its mind to
/// join the next. Started and stopped by one loop.
/// </summary>
internal sealed class ClassicHeartbeat(GroupContext group, WakeSignal wake)
{
    private CancellationTokenSource? _ending;
    private Task _loop = Task.CompletedTask;
    private volatile KafkaException? _verdict;

    /// <summary>Why the member cannot stay as it is; null while it can.</summary>
    public KafkaException? Verdict => _verdict;

    public void Start(CancellationToken life)
    {
        _verdict = null;
        _ending = CancellationTokenSource.CreateLinkedTokenSource(life);
        _loop = RunAsync(group.Identity, _ending.Token);
    }

    public async Task StopAsync()
    {
        if (_ending is null)
        {
            return;
        }

        await _ending.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _ending.Dispose();
        _ending = null;
    }

    private async Task RunAsync(MemberIdentity identity, CancellationToken ending)
    {
        var patience = new Patience(group, "Heartbeats");
        try
        {
            while (true)
            {
                await Task.Delay(group.Options.HeartbeatInterval, group.Cluster.Clock, ending).ConfigureAwait(false);
                while (await BeatAsync(identity, ending).ConfigureAwait(false) is { } failure)
                {
                    if (!failure.IsRetriable)
                    {
                        _verdict = failure;
                        wake.Set();
                        if (failure.ErrorCode != ErrorCode.RebalanceInProgress)
                        {
                            return;
                        }

                        break;
                    }

                    await patience.FailedAsync(failure, ending).ConfigureAwait(false);
                }

                patience.Succeeded();
            }
        }
        catch (OperationCanceledException)
        {
            // The next round begins, or the member leaves.
        }
    }

    private async Task<KafkaException?> BeatAsync(MemberIdentity identity, CancellationToken ending)
    {
        try
        {
            using var reply = await group.Coordinator.AskAsMemberAsync<HeartbeatRequest, HeartbeatResponse>(
            _ => new HeartbeatRequest { GroupId = group.GroupId, GenerationId = identity.Epoch, MemberId = identity.MemberId, GroupInstanceId = group.Options.GroupInstanceId },
                group.Cluster.Options.RequestTimeout,
                ending).ConfigureAwait(false);
            group.Coordinator.Require(reply.Message.ErrorCode, ApiKey.Heartbeat);
            return null;
        }
        catch (KafkaException failure)
        {
            return failure;
        }
    }
}
