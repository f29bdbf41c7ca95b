using System.Net.Sockets;

namespace Spate.Broker.Network;

/// <summary>
/// Sends the replies of one connection in the order of their requests. It runs while there are replies, first on the thread of the read loop
/// that starts it, and after a wait on the thread that ended the wait. When sending cannot go on it says so to <c>fail</c>, once, and never
/// runs again.
/// </summary>
internal sealed class ReplyPump(
    ReplyQueue replies, FrameSender sender, ConnectionActivity activity, NetworkMetrics metrics, Action<Exception> fail)
{
    /// <summary>Starts the pump unless it runs or there is nothing to send. Its task is owned by the queue, which knows when it stops.</summary>
    public void Start()
    {
        if (replies.TryStartPump())
        {
            _ = RunAsync();
        }
    }

    private async Task RunAsync()
    {
        try
        {
            do
            {
                while (replies.TryTake(out var reply))
                {
                    await SendAsync(reply);
                }

                await sender.FlushAndReleaseAsync();
            }
            while (!replies.TryStopPump());
        }
        catch (Exception exception)
        {
            fail(exception);
            sender.Release();
            replies.FailPump();
        }
    }

    private async ValueTask SendAsync(PendingReply reply)
    {
        try
        {
            if (!reply.IsReady)
            {
                await sender.FlushAndReleaseAsync();
            }

            using var frame = await TakeAsync(reply);
            if (!reply.IsSettled)
            {
                replies.Sending(frame?.BytesHeld ?? 0);
            }

            if (frame is not null)
            {
                frame.Times?.Taken();
                await sender.AppendAsync(frame, replies.NextIsReady);
                frame.Times?.Sent();
                metrics.ReplySent();
                if (frame.IsTorn)
                {
                    await sender.FlushAndReleaseAsync();
                    throw new DispatchFailedException(new ConnectionProtocolException("the reply to it was torn off on purpose"));
                }
            }
        }
        finally
        {
            activity.Touch();
            replies.Finish(reply);
        }
    }

    private async ValueTask<OutgoingFrame?> TakeAsync(PendingReply reply)
    {
        try
        {
            return await reply.TakeAsync();
        }
        catch (Exception exception)
        {
            // The replies before this one are good, and the connection closes once this is known.
            await FlushBeforeFailingAsync();
            throw new DispatchFailedException(exception);
        }
    }

    private async ValueTask FlushBeforeFailingAsync()
    {
        try
        {
            await sender.FlushAndReleaseAsync();
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
        {
            // The client is gone too, but the failure of the dispatcher is the one that must be told.
            sender.Release();
        }
    }
}
