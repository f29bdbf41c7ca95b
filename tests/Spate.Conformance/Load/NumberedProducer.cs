using Spate.Conformance.Processes;
using Spate.Conformance.Wire;
using Spate.Protocol.Records;

namespace Spate.Conformance.Load;

/// <summary>
/// Writes records that it numbers, several batches at a time, until the connection breaks, and knows of each number whether and at which
/// offset it was acknowledged. It never sends a record twice: whatever is there twice, the broker has doubled.
/// </summary>
/// <param name="name">Stands in every record; no other producer's.</param>
/// <param name="topic">The topic.</param>
/// <param name="partition">The partition.</param>
/// <param name="acks">1 for the leader's acknowledgement, -1 for that of all replicas in sync.</param>
/// <param name="random">Decides how large the batches are and how they are compressed.</param>
internal sealed class NumberedProducer(string name, string topic, int partition, short acks, Random random) : INumberedLoad
{
    /// <summary>Batches under way at once: as many as Kafka's producer has.</summary>
    private const int Window = 5;

    private readonly Dictionary<int, long> _acknowledged = [];
    private readonly Queue<(int First, int Count)> _underWay = new();
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
            while (true)
            {
                while (_underWay.Count < Window)
                {
                    await client.SendRequestAsync(Api.Produce, Requests.ProduceVersion, NextBatch());
                }

                if (await client.ReceiveAsync() is not { } reply)
                {
                    return;
                }

                reply.Int32();
                Acknowledge(reply);
                killSwitch.Count();
            }
        }
        catch (Exception failure) when (BrokerGone.Explains(failure))
        {
            // The broker was killed, as it should be; what it had not acknowledged by now it never will.
        }
    }

    private void Acknowledge(WireReader reply)
    {
        var (error, baseOffset) = Requests.Produced(reply);
        Assert.Equal(WireError.None, error);
        var (first, count) = _underWay.Dequeue();
        for (var index = 0; index < count; index++)
        {
            _acknowledged.Add(first + index, baseOffset + index);
        }
    }

    private WireWriter NextBatch()
    {
        var batch = NumberedBatch.Build(name, _next, random, new RecordBatchOptions(), out var count);
        _underWay.Enqueue((_next, count));
        _next += count;
        return Requests.Produce(topic, partition, acks, batch);
    }
}
