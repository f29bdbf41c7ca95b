using System.Globalization;
using System.Text;
using Spate.Conformance.Processes;
using Spate.Conformance.Wire;
using Spate.Protocol.Compression;
using Spate.Protocol.Records;

namespace Spate.Conformance.Load;

/// <summary>
/// Writes records that it numbers, several batches at a time, until the connection breaks, and knows of each number whether and at which
/// offset it was acknowledged. It never sends a record twice: whatever is there twice, the broker has doubled.
/// </summary>
/// <param name="name">Stands in every record; no other producer's.</param>
/// <param name="topic">The topic.</param>
/// <param name="partition">The partition.</param>
/// <param name="random">Decides how large the batches are and how they are compressed.</param>
internal sealed class NumberedProducer(string name, string topic, int partition, Random random)
{
    /// <summary>Batches under way at once: as many as Kafka's producer has.</summary>
    private const int Window = 5;

    // Batches large enough that the broker is at work on some of them whenever it is killed.
    private const int RecordsMax = 100;
    private const int PaddingMax = 500;

    private static readonly string Padding = Convert.ToBase64String(SeededText.Noise(seed: 5, PaddingMax));

    private readonly Queue<(int First, int Count)> _underWay = new();
    private int _next;

    public string Name => name;

    public int Partition => partition;

    /// <summary>The offset by number of every record that was acknowledged. Numbers count from 0 without gaps.</summary>
    public Dictionary<int, long> Acknowledged { get; } = [];

    /// <summary>How many were sent, acknowledged or not.</summary>
    public int Sent => _next;

    /// <summary>Which producer wrote a record, and its number.</summary>
    public static (string Name, int Number) Identify(string value)
    {
        var fields = value.Split(':');
        return (fields[0], int.Parse(fields[1], CultureInfo.InvariantCulture));
    }

    /// <summary>Writes until the broker is gone.</summary>
    public async Task RunAsync(BrokerProcess broker, KillSwitch killSwitch)
    {
        using var client = await WireClient.ConnectAsync(broker);
        try
        {
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
        catch (IOException)
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
            Acknowledged.Add(first + index, baseOffset + index);
        }
    }

    private WireWriter NextBatch()
    {
        var count = random.Next(1, RecordsMax + 1);
        using var builder = new RecordBatchBuilder(new RecordBatchOptions { Codec = (CompressionCodec)random.Next(5) });
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        for (var index = 0; index < count; index++)
        {
            builder.Append(now, NullableBytes.Null, Encoding.UTF8.GetBytes($"{name}:{_next + index}:{Padding[..random.Next(PaddingMax)]}"));
        }

        _underWay.Enqueue((_next, count));
        _next += count;
        return Requests.Produce(topic, partition, acks: -1, builder.Build().Span);
    }
}
