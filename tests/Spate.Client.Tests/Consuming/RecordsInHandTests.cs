using Spate.Client.Connections;
using Spate.Client.Consuming;
using Spate.Client.Producing;
using Spate.Client.Tests.Fakes;
using Spate.Protocol;
using Spate.Testing;

namespace Spate.Client.Tests.Consuming;

/// <summary>The count of what was handed out, which the enumeration keeps without a lock and everybody else reads under the gate.</summary>
public sealed class RecordsInHandTests
{
    private const int Steps = 200_000;

    private readonly PartitionCursor _cursor = Cursor(10);
    private readonly RecordsInHand _hand = new();

    [Fact]
    public void A_record_is_handed_out_by_its_own_step_and_finished_by_the_next()
    {
        _cursor.Take(_hand, leaderEpoch: 7);
        Assert.Equal((10, 4, 10, 4), Places());
        Assert.False(_cursor.HasUncommitted);

        Assert.True(_hand.Advance(12));
        Assert.Equal((12, 7, 10, 4), Places());
        Assert.True(_cursor.HasUncommitted);

        Assert.True(_hand.Advance(13));
        Assert.Equal((13, 7, 12, 7), Places());

        _cursor.Finish();
        Assert.Equal((13, 7, 13, 7), Places());
        _cursor.Settle();
        Assert.Equal((13, 7, 13, 7), Places());
    }

    [Fact]
    public void What_is_committed_by_name_is_finished_also_while_it_is_in_hand()
    {
        _cursor.Take(_hand, leaderEpoch: 7);
        _hand.Advance(11);
        _hand.Advance(12);

        _cursor.Commit(12);

        Assert.Equal((12, 7, 12, 7), Places());
        Assert.False(_cursor.HasUncommitted);
        _hand.Advance(13);
        Assert.Equal((13, 7, 12, 7), Places());
        Assert.True(_cursor.HasUncommitted);
        _cursor.Settle();
        Assert.Equal((13, 7, 12, 7), Places());
    }

    [Fact]
    public void A_step_after_somebody_has_sought_is_none()
    {
        _cursor.Take(_hand, leaderEpoch: 7);
        _hand.Advance(11);

        _cursor.Seek(StartPosition.At(50));

        Assert.False(_hand.Advance(12));
        Assert.True(_hand.SettledAt < 12);
        Assert.Equal((50, -1, 50, -1), Places());
    }

    /// <summary>
    /// Two threads: one takes steps, the other takes the rest away again and again, and says where to go on. Whatever comes first, each step is either handed out or is the place to go on at.
    /// </summary>
    [Fact]
    public async Task Nothing_is_left_out_and_nothing_comes_twice_while_others_take_the_rest_away()
    {
        await using var cluster = new Cluster(new KafkaClientOptions { BootstrapServers = "127.0.0.1:1", EnableMetricsPush = false });
        using var wake = new WakeSignal(TimeProvider.System);
        using var arrival = new WakeSignal(TimeProvider.System);
        var prefetch = new Prefetch(cluster, new ConsumerOptions(), wake, arrival);
        var over = false;
        var rewinds = Task.Run(() =>
        {
            var count = 0;
            while (!Volatile.Read(ref over))
            {
                lock (prefetch.Gate)
                {
                    _cursor.Rewind();
                    count++;
                }

                Thread.SpinWait(count % 50);
            }

            return count;
        });

        var handedOut = 10L;
        while (handedOut < Steps)
        {
            FetchedChunk chunk;
            lock (prefetch.Gate)
            {
                // What a fetch from the position brings.
                Assert.Equal(handedOut, _cursor.Position);
                chunk = new FetchedChunk(_cursor, _cursor.Generation, _cursor.FetchOffset, default, [], new FetchedFrame(Stream.Null)) { LeaderEpoch = 7 };
            }

            if (!prefetch.Begin(chunk, _hand))
            {
                continue;
            }

            while (_hand.Advance(handedOut + 1) || prefetch.IsHandedOut(_hand, handedOut + 1))
            {
                handedOut++;
            }
        }

        Volatile.Write(ref over, true);
        Assert.True(await rewinds.OrTimeout("the other thread") > 0);
        Assert.True(_cursor.Finished >= handedOut - 1, $"{handedOut} were handed out, and {_cursor.Finished} finished.");
    }

    [Fact]
    public async Task A_consumer_that_is_paused_by_others_hands_out_each_record_once_and_in_order()
    {
        const int Records = 20_000;
        var partition = new TopicPartition("t", 0);
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(broker.BootstrapServers);
        await using (var producer = client.CreateProducer(new ProducerOptions { Linger = TimeSpan.FromMilliseconds(20), BatchSize = 64 * 1024 }))
        {
            for (var number = 0; number < Records; number++)
            {
                await producer.PostAsync(new ProducerRecord<long, long>("t", number, number)).AsTask().OrTimeout("the record to be taken");
            }
        }

        await using var consumer = client.CreateConsumer();
        consumer.Assign([partition], StartPosition.Beginning);
        using var over = new CancellationTokenSource();
        var pausing = Task.Run(() =>
        {
            while (!over.IsCancellationRequested)
            {
                consumer.Pause(partition);
                consumer.Resume(partition);
                Thread.SpinWait(2_000);
            }
        });
        var read = new List<long>();
        await Task.Run(async () =>
        {
            await foreach (var record in consumer.ConsumeAsync<long, long>())
            {
                read.Add(record.Value);
                if (read.Count == Records)
                {
                    break;
                }
            }
        }).OrTimeout("the records");
        await over.CancelAsync();
        await pausing.OrTimeout("the end of pausing");

        Assert.Equal(Enumerable.Range(0, Records).Select(static number => (long)number), read);
    }

    private static PartitionCursor Cursor(long position)
    {
        var cursor = new PartitionCursor(new TopicPartition("t", 0), start: null);
        cursor.MoveTo(position, epoch: 4, checkedEpoch: 4);
        return cursor;
    }

    private (long, int, long, int) Places() => (_cursor.Position, _cursor.PositionEpoch, _cursor.Finished, _cursor.FinishedEpoch);
}
