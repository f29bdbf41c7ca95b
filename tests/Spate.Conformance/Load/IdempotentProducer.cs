using Spate.Conformance.Processes;
using Spate.Conformance.Wire;
using Spate.Protocol.Records;

namespace Spate.Conformance.Load;

/// <summary>
/// Writes as an idempotent producer does: its batches are numbered, and those that were not acknowledged when the broker was killed are sent
/// again, first of all, once it is back. Whatever it sent is therefore there in the end, once.
/// </summary>
/// <param name="name">Stands in every record; no other producer's.</param>
/// <param name="topic">The topic.</param>
/// <param name="partition">The partition.</param>
/// <param name="random">Decides how large the batches are and how they are compressed.</param>
internal sealed class IdempotentProducer(string name, string topic, int partition, Random random) : INumberedLoad
{
    /// <summary>Batches under way at once: as many as a broker remembers of a producer.</summary>
    private const int Window = 5;

    private readonly Dictionary<int, long> _acknowledged = [];
    private readonly Queue<(int First, int Count, byte[] Batch)> _underWay = new();
    private (long Id, short Epoch)? _identity;
    private int _next;

    public string Name => name;

    public int Partition => partition;

    public IReadOnlyDictionary<int, long> Acknowledged => _acknowledged;

    public int Sent => _next;

    public async Task RunAsync(BrokerProcess broker, KillSwitch killSwitch)
    {
        try
        {
            using var client = await WireClient.ConnectAsync(broker);
            _identity ??= await client.InitProducerIdAsync();
            await SendAgainAsync(client);
            while (true)
            {
                while (_underWay.Count < Window)
                {
                    await SendAsync(client, NextBatch());
                }

                if (!await AcknowledgeAsync(client))
                {
                    return;
                }

                killSwitch.Count();
            }
        }
        catch (Exception failure) when (BrokerGone.Explains(failure))
        {
            // The broker was killed; what was under way is sent again when it is back.
        }
    }

    /// <summary>Sends what is still not acknowledged and waits until it is.</summary>
    public async Task FinishAsync(BrokerProcess broker)
    {
        using var client = await WireClient.ConnectAsync(broker);
        await SendAgainAsync(client);
        while (_underWay.Count > 0)
        {
            Assert.True(await AcknowledgeAsync(client));
        }
    }

    private async Task SendAgainAsync(WireClient client)
    {
        foreach (var (_, _, batch) in _underWay.ToArray())
        {
            await SendAsync(client, batch);
        }
    }

    private ValueTask SendAsync(WireClient client, byte[] batch) =>
        client.SendRequestAsync(Api.Produce, Requests.ProduceVersion, Requests.Produce(topic, partition, acks: -1, batch));

    private async Task<bool> AcknowledgeAsync(WireClient client)
    {
        if (await client.ReceiveAsync() is not { } reply)
        {
            return false;
        }

        reply.Int32();
        var (error, baseOffset) = Requests.Produced(reply);
        Assert.Equal(WireError.None, error);
        var (first, count, _) = _underWay.Dequeue();
        for (var index = 0; index < count; index++)
        {
            _acknowledged.Add(first + index, baseOffset + index);
        }

        return true;
    }

    private byte[] NextBatch()
    {
        var (id, epoch) = _identity!.Value;
        var options = new RecordBatchOptions { ProducerId = id, ProducerEpoch = epoch, BaseSequence = _next };
        var batch = NumberedBatch.Build(name, _next, random, options, out var count);
        _underWay.Enqueue((_next, count, batch));
        _next += count;
        return batch;
    }
}
