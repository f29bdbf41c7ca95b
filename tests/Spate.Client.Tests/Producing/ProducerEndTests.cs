using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Spate.Client.Producing;
using Spate.Client.Tests.Fakes;
using Spate.Protocol.Messages;

namespace Spate.Client.Tests.Producing;

/// <summary>How a producer ends where its broker is silent: in its time or at once, and nobody is left without an answer.</summary>
public sealed class ProducerEndTests : IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly FakeTimeProvider _clock = new();
    private readonly RecordingLogs _logs = new();

    public void Dispose() => _logs.Dispose();

    [Fact]
    public async Task An_end_that_is_hurried_tells_everybody_at_once_what_was_in_the_way()
    {
        await using var fixture = await SilentAsync();
        var reports = new List<DeliveryReport>();
        var producer = fixture.Client.Producer;
        var onWire = producer.ProduceAsync(ProducerFixture.Value(new string('a', 900))).AsTask();
        await Waiting.Until(() => fixture.Broker.Requests.Count(static request => request.Api == ApiKey.Produce) == 2, () => "the record to be on the wire");
        await producer.PostAsync(ProducerFixture.Value(new string('b', 900)), reports.Add);
        var inLine = producer.ProduceAsync(ProducerFixture.Value(new string('c', 900))).AsTask();
        var unknown = producer.ProduceAsync(new ProducerRecord<NoKey, string>("u", default, "d")).AsTask();
        using var hurry = new CancellationTokenSource();
        var patient = fixture.Client.DisposeAsync().AsTask();
        var hurried = fixture.Client.CloseAsync(hurry.Token);
        Assert.False(patient.IsCompleted || hurried.IsCompleted || onWire.IsCompleted);

        // The clock does not move: nothing of this waits for a time to be up.
        await hurry.CancelAsync();
        await Task.WhenAll(patient, hurried).OrTimeout("the end");

        var sent = await Assert.ThrowsAsync<KafkaException>(() => onWire.OrTimeout("the failure of the record on the wire"));
        Assert.Contains("A record for t-0 was not delivered (1 attempt) before the producer was disposed.", sent.Message, StringComparison.Ordinal);
        Assert.Contains($"Broker 1 ({fixture.Broker.Address}), which leads t-0, has not answered for", sent.Message, StringComparison.Ordinal);
        Assert.Contains("Whether it was written all the same is not known.", sent.Message, StringComparison.Ordinal);
        var waiting = Assert.Single(reports).Error!;
        Assert.Contains("(0 attempts) before the producer was disposed", waiting.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("is not known", waiting.Message, StringComparison.Ordinal);
        foreach (var call in new[] { inLine, unknown })
        {
            var failure = await Assert.ThrowsAsync<KafkaException>(() => call.OrTimeout("the failure of a record in line"));
            Assert.Contains("Nothing of it was sent.", failure.Message, StringComparison.Ordinal);
        }

        Assert.All(new[] { sent, waiting }, static failure => Assert.False(failure.IsRetriable));
        Assert.Equal(2, _logs.Lines.Count(static line => line.Level == LogLevel.Warning && line.Text.StartsWith("1 records for t-0 were not delivered.", StringComparison.Ordinal)));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => producer.ProduceAsync(ProducerFixture.Value("e")).AsTask());
    }

    [Fact]
    public async Task An_end_that_is_not_hurried_takes_no_longer_than_the_delivery_timeout()
    {
        await using var fixture = await SilentAsync();
        var sent = fixture.Client.Producer.ProduceAsync(ProducerFixture.Value("a")).AsTask();
        var began = _clock.GetUtcNow();

        await fixture.Client.DisposeAsync().AsTask().WhileMoving(_clock, Step, "the end");

        Assert.InRange(_clock.GetUtcNow() - began, TimeSpan.Zero, TimeSpan.FromSeconds(9));
        await Assert.ThrowsAnyAsync<KafkaException>(() => sent.OrTimeout("the failure"));
    }

    [Fact]
    public async Task Whoever_disposes_a_second_time_waits_for_the_same_end()
    {
        await using var fixture = await SilentAsync();
        var producer = fixture.Client.CreateProducer(new ProducerOptions { DeliveryTimeout = TimeSpan.FromSeconds(8) });
        var sent = producer.ProduceAsync(ProducerFixture.Value("a")).AsTask();
        var first = producer.DisposeAsync().AsTask();
        var second = producer.DisposeAsync().AsTask();

        Assert.False(second.IsCompleted);
        await Task.WhenAll(first, second).WhileMoving(_clock, Step, "both ends");
        await Assert.ThrowsAnyAsync<KafkaException>(() => sent.OrTimeout("the failure"));
    }

    [Fact]
    public async Task A_transaction_under_way_does_not_make_the_end_any_longer()
    {
        var transactions = new FakeTransactions(level: 2);
        await using var fixture = new ProducerFixture(change: Patient, highest: 12);
        transactions.Attach(fixture.Broker);
        var producer = fixture.Client.CreateProducer(new ProducerOptions { TransactionalId = "id", DeliveryTimeout = TimeSpan.FromSeconds(8), MaxBlock = TimeSpan.FromMinutes(5), Linger = TimeSpan.Zero });
        var begun = producer.BeginTransactionAsync();
        await begun.WhileMoving(_clock, Step, "the transaction");
        var transaction = await begun;
        await transaction.ProduceAsync(ProducerFixture.Value("v")).AsTask().WhileMoving(_clock, Step, "the delivery");
        fixture.Broker.On<EndTxnRequest, EndTxnResponse>(ApiKey.EndTxn, 0, 5, static async (_, _) =>
        {
            await Task.Yield();
            return null;
        });
        var began = _clock.GetUtcNow();

        await producer.DisposeAsync().AsTask().WhileMoving(_clock, Step, "the end");

        Assert.InRange(_clock.GetUtcNow() - began, TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(9));
        Assert.Contains(_logs.Lines, static line => line.Level == LogLevel.Warning && line.Text.StartsWith("The transaction of 'id' could not be aborted", StringComparison.Ordinal));
        await transaction.DisposeAsync().AsTask().OrTimeout("the transaction's end");
    }

    [Fact]
    public async Task What_was_answered_before_the_end_counts_as_delivered()
    {
        await using var fixture = new ProducerFixture();
        await using var producer = fixture.Client.CreateProducer(new ProducerOptions { Linger = TimeSpan.FromMinutes(1) });
        var sent = Enumerable.Range(0, 10).Select(number => producer.ProduceAsync(ProducerFixture.Value($"{number}")).AsTask()).ToList();

        await producer.DisposeAsync().AsTask().OrTimeout("the end");

        Assert.All(await Task.WhenAll(sent).OrTimeout("the deliveries"), static record => Assert.True(record.Offset >= 0));
        Assert.Equal(10, fixture.Log.Values("t", 0).Count);
    }

    [Fact]
    public async Task Many_batches_that_are_lost_at_once_fill_no_log_and_every_caller_hears_of_its_own()
    {
        await using var fixture = await SilentAsync();
        await using var producer = fixture.Client.CreateProducer(new ProducerOptions { BatchSize = 1, DeliveryTimeout = TimeSpan.FromSeconds(8), Linger = TimeSpan.Zero });
        var sent = Enumerable.Range(0, 21).Select(number => producer.ProduceAsync(ProducerFixture.Value($"{number}")).AsTask()).ToList();
        using var hurry = new CancellationTokenSource();
        var end = producer.CloseAsync(hurry.Token);

        await hurry.CancelAsync();
        await end.OrTimeout("the end");

        foreach (var call in sent)
        {
            await Assert.ThrowsAnyAsync<KafkaException>(() => call.OrTimeout("the failure"));
        }

        // The 1st, 2nd, 4th, 8th and 16th; what lies between is counted before each of them, and at the end.
        var lines = _logs.Lines.Where(static line => line.Level == LogLevel.Warning).Select(static line => line.Text).ToList();
        Assert.Equal(5, lines.Count(static line => line.StartsWith("1 records for t-0 were not delivered.", StringComparison.Ordinal)));
        Assert.Equal(
            ["1", "3", "7", "5"],
            lines.Where(static line => line.Contains("more records for t-0", StringComparison.Ordinal)).Select(static line => line[..line.IndexOf(' ', StringComparison.Ordinal)]));
    }

    private KafkaClientOptions Patient(KafkaClientOptions options) => options with
    {
        TimeProvider = _clock,
        LoggerFactory = _logs,
        RequestTimeout = TimeSpan.FromSeconds(5),
        ReconnectBackoffMax = Step,
        RetryBackoffMax = Step,
        Producer = new ProducerOptions
        {
            BatchSize = 1000,
            BufferMemory = 2000,
            MaxBlock = TimeSpan.FromMinutes(1),
            DeliveryTimeout = TimeSpan.FromSeconds(8),
            Linger = TimeSpan.Zero,
            MaxInFlight = 1,
        },
    };

    /// <summary>A broker that has answered once, and does not any more.</summary>
    private async Task<ProducerFixture> SilentAsync()
    {
        var fixture = new ProducerFixture(change: Patient);
        await fixture.Client.ProduceAsync("t", "warm").AsTask().WhileMoving(_clock, Step, "the first record");
        fixture.Broker.On<ProduceRequest, ProduceResponse>(ApiKey.Produce, 3, 11, static async (_, _) =>
        {
            await Task.Yield();
            return null;
        });
        return fixture;
    }
}
