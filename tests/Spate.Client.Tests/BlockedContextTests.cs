using Spate.Client.Administration;
using Spate.Client.Consuming;
using Spate.Client.Producing;
using Spate.Client.Sharing;
using Spate.Testing;

namespace Spate.Client.Tests;

/// <summary>
/// A program whose one thread has a synchronisation context, such as that of a window, and blocks on the client: nothing of the client waits for that thread, or it would wait for ever.
/// </summary>
public sealed class BlockedContextTests
{
    [Fact]
    public void A_thread_with_a_context_may_block_on_everything()
    {
        var context = new DeafContext();
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            SynchronizationContext.SetSynchronizationContext(context);
            try
            {
                UseAll();
            }
            catch (Exception thrown)
            {
                failure = thrown;
            }
        })
        {
            IsBackground = true,
        };
        thread.Start();

        Assert.True(thread.Join(TimeSpan.FromSeconds(60)), $"The thread hangs; {context.Posts} continuations wait for it.");
        Assert.Null(failure);
        Assert.Equal(0, context.Posts);
    }

    private static void UseAll()
    {
        var broker = EmbeddedBroker.StartAsync("group.share.min.heartbeat.interval.ms=50", "group.share.heartbeat.interval.ms=50").GetAwaiter().GetResult();
        var client = new KafkaClient(broker.BootstrapServers);
        Wait(client.Admin.Topics.CreateAsync([new NewTopic("t") { Partitions = 1 }]));
        Wait(client.Admin.Configs.AlterAsync(new Dictionary<ConfigResource, IReadOnlyCollection<ConfigChange>>
        {
            [ConfigResource.Group("sharing")] = [ConfigChange.Set("share.auto.offset.reset", "earliest")],
        }));
        Wait(client.ProduceAsync("t", "key", "value").AsTask());

        var producer = client.CreateProducer(new ProducerOptions { TransactionalId = "writer" });
        var transaction = producer.BeginTransactionAsync().GetAwaiter().GetResult();
        Wait(transaction.ProduceAsync("t", "key", "in a transaction").AsTask());
        Wait(transaction.CommitAsync());
        Wait(transaction.DisposeAsync().AsTask());
        Wait(producer.DisposeAsync().AsTask());

        Enumerate(client.ConsumeAsync<string, string>("t", StartPosition.Beginning));
        foreach (var protocol in Enum.GetValues<GroupProtocol>())
        {
            var consumer = client.CreateConsumer(new ConsumerOptions { GroupId = $"{protocol}", GroupProtocol = protocol, OffsetReset = OffsetReset.Earliest });
            consumer.Subscribe("t");
            Enumerate(consumer.ConsumeAsync<string, string>());
            Enumerate(consumer.ConsumeBatchesAsync<string, string>());
            Wait(consumer.CommitAsync());
            Wait(consumer.DisposeAsync().AsTask());
        }

        var sharing = client.CreateShareConsumer(new ShareConsumerOptions { GroupId = "sharing" });
        sharing.Subscribe("t");
        Enumerate(sharing.ReceiveAsync<string, string>());
        Wait(sharing.CommitAsync());
        Wait(sharing.DisposeAsync().AsTask());
        Wait(client.DisposeAsync().AsTask());
        Wait(broker.DisposeAsync().AsTask());
    }

    /// <summary>One record, and the end of the enumeration.</summary>
    private static void Enumerate<T>(IAsyncEnumerable<T> records)
    {
        var enumerator = records.GetAsyncEnumerator();
        Assert.True(enumerator.MoveNextAsync().AsTask().GetAwaiter().GetResult());
        Wait(enumerator.DisposeAsync().AsTask());
    }

    private static void Wait(Task task) => task.GetAwaiter().GetResult();

    /// <summary>A context whose thread never comes to what is posted to it.</summary>
    private sealed class DeafContext : SynchronizationContext
    {
        private int _posts;

        public int Posts => Volatile.Read(ref _posts);

        public override void Post(SendOrPostCallback d, object? state) => Interlocked.Increment(ref _posts);
    }
}
