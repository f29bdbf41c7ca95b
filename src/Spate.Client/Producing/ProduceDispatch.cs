using Spate.Client.Connections;
using Spate.Client.Telemetry;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Producing;

/// <summary>Encodes batches and sends requests. Belongs to the sender's loop, to which what comes of a request is handed back.</summary>
internal sealed class ProduceDispatch(
    Cluster cluster, ProducerOptions options, ProducerNumbers numbers, ProduceVerdicts verdicts, ProducerNodes nodes, WakeSignal wake)
{
    /// <summary>Sends a request, unless nothing of it can be sent.</summary>
    public void Post(ProduceDraft draft)
    {
        for (var index = draft.Batches.Count - 1; index >= 0; index--)
        {
            var batch = draft.Batches[index];
            try
            {
                batch.Encode();
                numbers.Number(batch.Queue, batch);
                ProducerWatch.Leaves(cluster, batch);
                batch.Attempts++;
            }
            catch (DllNotFoundException missing)
            {
                draft.Batches.RemoveAt(index);
                batch.Queue.InFlight.Remove(batch);
                verdicts.Fail(batch, new KafkaException(ErrorCode.UnsupportedCompressionType, $"Records for {batch.Queue.Name} could not be compressed: {missing.Message}", missing));
            }
        }

        if (draft.Batches.Count > 0)
        {
            draft.Transaction?.Begin();
            nodes.Of(draft.NodeId).UnderWay.Enqueue(draft);
            _ = SendAsync(draft);
        }
    }

    /// <summary>Takes its place on the connection before it returns; what comes of it goes to the loop, which owns it.</summary>
    private async Task SendAsync(ProduceDraft draft)
    {
        try
        {
            var timeout = cluster.Options.RequestTimeout;
            var request = ProduceRequests.Make(draft, cluster.Metadata.Current, options, timeout, out var highest);
            var version = draft.Connection.Versions.Choose(ApiKey.Produce, highest);
            if (options.Acks == Acks.None)
            {
                await draft.Connection.SendWithoutReplyAsync(request, version, timeout).ConfigureAwait(false);
            }
            else
            {
                using var reply = await draft.Connection.SendAsync(request, version, timeout, CancellationToken.None).ConfigureAwait(false);
                draft.Response = reply.Message;
            }
        }
        catch (Exception failure)
        {
            // Whatever it was, the records were not delivered, and whoever waits for them hears of it.
            draft.Failure = failure as KafkaException
                ?? new KafkaException(ErrorCode.UnknownServerError, $"A Produce request could not be made: {failure.Message} This is a fault of Spate.Client; please report it.", failure);
        }

        draft.HasEnded = true;
        wake.Set();
    }
}
