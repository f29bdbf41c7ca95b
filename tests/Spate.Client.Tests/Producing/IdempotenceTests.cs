using Microsoft.Extensions.Time.Testing;
using Spate.Client.Producing;
using Spate.Client.Tests.Fakes;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Xunit.Abstractions;

namespace Spate.Client.Tests.Producing;

/// <summary>Every record once and in order, whatever happens on the way.</summary>
public sealed class IdempotenceTests(ITestOutputHelper output)
{
    private static readonly ProducerOptions Small = new() { BatchSize = 200, Linger = TimeSpan.Zero };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Connections_that_are_cut_before_and_after_the_append_lose_nothing_and_double_nothing(int seed)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var fixture = new ProducerFixture(partitions: 3);
        fixture.Broker.On<ProduceRequest, ProduceResponse>(ApiKey.Produce, 3, 11, (request, call) =>
        {
            int fate;
            lock (random)
            {
                fate = random.Next(10);
            }

            // Zero: cut before the append. One: cut after it, so that the answer is lost. Else: answer.
            var response = fate == 0 ? null : fixture.Log.Produce(request);
            if (fate <= 1)
            {
                call.Cut();
                return null;
            }

            return response;
        });
        await using var producer = fixture.Client.CreateProducer(Small);

        var sent = Enumerable.Range(0, 900).Select(number => producer.ProduceAsync(ProducerFixture.Value($"{number}", number % 3)).AsTask()).ToList();
        await Task.WhenAll(sent).OrTimeout("900 deliveries");

        for (var partition = 0; partition < 3; partition++)
        {
            var index = partition;
            Assert.Equal(Enumerable.Range(0, 300).Select(number => $"{(number * 3) + index}"), fixture.Log.Values("t", partition));
        }

        Assert.All(sent, (task, number) => Assert.True(task.Result.Offset == number / 3, $"record {number} has offset {task.Result.Offset}"));
    }

    [Theory]
    [InlineData(ErrorCode.NotLeaderOrFollower, 5)]
    [InlineData(ErrorCode.NotEnoughReplicas, 6)]
    [InlineData(ErrorCode.LeaderNotAvailable, 7)]
    [InlineData(ErrorCode.CorruptMessage, 8)]
    public async Task Errors_that_pass_are_overcome_in_order(ErrorCode error, int seed)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var fixture = new ProducerFixture();
        fixture.Log.Refuse = (_, _) => random.Next(4) == 0 ? error : ErrorCode.None;
        await using var producer = fixture.Client.CreateProducer(Small);

        await Task.WhenAll(Enumerable.Range(0, 300).Select(number => producer.ProduceAsync(ProducerFixture.Value($"{number}")).AsTask())).OrTimeout("300 deliveries");

        Assert.Equal(Enumerable.Range(0, 300).Select(number => $"{number}"), fixture.Log.Values("t", 0));
        Assert.Equal([(short)0], fixture.Log.Epochs);
    }

    [Fact]
    public async Task A_batch_that_is_refused_for_good_leaves_a_gap_which_a_new_epoch_closes()
    {
        await using var fixture = new ProducerFixture();
        var count = 0;
        fixture.Log.Refuse = (_, _) => ++count == 3 ? ErrorCode.InvalidRecord : ErrorCode.None;
        await using var producer = fixture.Client.CreateProducer(Small);

        var sent = Enumerable.Range(0, 100).Select(number => producer.ProduceAsync(ProducerFixture.Value($"{number}")).AsTask()).ToList();
        await Task.WhenAny(Task.WhenAll(sent)).OrTimeout("100 ends");

        var failed = sent.Select((task, number) => (task, number)).Where(pair => pair.task.IsFaulted).Select(pair => pair.number).ToList();
        Assert.NotEmpty(failed);
        Assert.Equal(Enumerable.Range(0, 100).Except(failed).Select(number => $"{number}"), fixture.Log.Values("t", 0));
        Assert.Equal([(short)0, (short)1], fixture.Log.Epochs);
    }

    [Fact]
    public async Task A_broker_that_has_forgotten_the_producer_is_met_with_a_new_epoch()
    {
        await using var fixture = new ProducerFixture();
        await using var producer = fixture.Client.CreateProducer(Small);
        await producer.ProduceAsync(ProducerFixture.Value("before")).AsTask().OrTimeout("the first delivery");
        fixture.Log.ForgetProducers();

        await Task.WhenAll(Enumerable.Range(0, 50).Select(number => producer.ProduceAsync(ProducerFixture.Value($"{number}")).AsTask())).OrTimeout("50 deliveries");

        Assert.Equal(["before", .. Enumerable.Range(0, 50).Select(number => $"{number}")], fixture.Log.Values("t", 0));
        Assert.Equal([(short)0, (short)1], fixture.Log.Epochs);
    }

    [Fact]
    public async Task When_the_epochs_are_used_up_another_id_is_asked_for()
    {
        await using var fixture = new ProducerFixture();
        var asked = 0;
        fixture.Broker.On<InitProducerIdRequest, InitProducerIdResponse>(
            ApiKey.InitProducerId, 0, 5, (_, _) => new InitProducerIdResponse { ProducerId = 100 + ++asked, ProducerEpoch = asked == 1 ? short.MaxValue : (short)0 });
        await using var producer = fixture.Client.CreateProducer(Small);
        await producer.ProduceAsync(ProducerFixture.Value("a")).AsTask().OrTimeout("the first delivery");
        var refusals = 1;
        fixture.Log.Refuse = (_, _) => refusals-- > 0 ? ErrorCode.InvalidRecord : ErrorCode.None;
        await Assert.ThrowsAsync<KafkaException>(() => producer.ProduceAsync(ProducerFixture.Value("b")).AsTask().OrTimeout("the refusal"));

        await producer.ProduceAsync(ProducerFixture.Value("c")).AsTask().OrTimeout("the last delivery");

        Assert.Equal(2, asked);
        Assert.Equal(["a", "c"], fixture.Log.Values("t", 0));
    }

    [Fact]
    public async Task A_batch_that_the_broker_finds_too_large_is_sent_in_halves()
    {
        await using var fixture = new ProducerFixture();
        fixture.Log.Refuse = (_, header) => header.BatchSize > 500 ? ErrorCode.MessageTooLarge : ErrorCode.None;
        await using var producer = fixture.Client.CreateProducer(new ProducerOptions { Linger = TimeSpan.FromMilliseconds(50) });

        var sent = Enumerable.Range(0, 200).Select(number => producer.ProduceAsync(ProducerFixture.Value($"{number}")).AsTask()).ToList();
        await producer.FlushAsync().OrTimeout("the flush");

        Assert.Equal(Enumerable.Range(0, 200).Select(number => $"{number}"), fixture.Log.Values("t", 0));
        await Task.WhenAll(sent).OrTimeout("the callers to hear of it");
        var alone = await Assert.ThrowsAsync<KafkaException>(() => producer.ProduceAsync(ProducerFixture.Value(new string('x', 600))).AsTask().OrTimeout("the refusal"));
        Assert.Equal(ErrorCode.MessageTooLarge, alone.ErrorCode);
        await producer.ProduceAsync(ProducerFixture.Value("after")).AsTask().OrTimeout("the next delivery");
    }

    [Fact]
    public async Task An_answer_that_nobody_remembers_the_offset_of_is_a_delivery()
    {
        await using var fixture = new ProducerFixture();
        fixture.Log.Refuse = (_, _) => ErrorCode.DuplicateSequenceNumber;
        Assert.Equal(-1, (await fixture.Client.ProduceAsync("t", "v").AsTask().OrTimeout("the delivery")).Offset);
    }

    [Fact]
    public async Task A_leader_that_moves_is_followed()
    {
        await using var fixture = new ProducerFixture();
        await using var other = new FakeBroker();
        fixture.Cluster.Add(2, fixture.Log.Attach(other));
        await using var producer = fixture.Client.CreateProducer(Small);
        await producer.ProduceAsync(ProducerFixture.Value("a")).AsTask().OrTimeout("the first delivery");

        fixture.Broker.On<ProduceRequest, ProduceResponse>(ApiKey.Produce, 3, 11, (request, _) => new ProduceResponse
        {
            Responses = [new() { Name = "t", PartitionResponses = [new() { Index = 0, ErrorCode = ErrorCode.NotLeaderOrFollower, BaseOffset = -1 }] }],
        });
        fixture.Cluster.SetTopic("t", (2, 1));
        await Task.WhenAll(Enumerable.Range(0, 50).Select(number => producer.ProduceAsync(ProducerFixture.Value($"{number}")).AsTask())).OrTimeout("50 deliveries");

        Assert.Equal(["a", .. Enumerable.Range(0, 50).Select(number => $"{number}")], fixture.Log.Values("t", 0));
        Assert.Contains(other.Requests, request => request.Api == ApiKey.Produce);
    }

    [Fact]
    public async Task When_the_time_for_delivery_is_up_the_last_failure_is_told_and_the_next_record_goes_through()
    {
        var clock = new FakeTimeProvider();
        var refused = new TaskCompletionSource();
        await using var fixture = new ProducerFixture(change: options => options with { TimeProvider = clock });
        fixture.Log.Refuse = (_, _) =>
        {
            refused.TrySetResult();
            return ErrorCode.NotEnoughReplicas;
        };
        await using var producer = fixture.Client.CreateProducer(Small with { DeliveryTimeout = TimeSpan.FromMinutes(1) });

        var late = producer.ProduceAsync(ProducerFixture.Value("late")).AsTask();
        await Task.WhenAny(refused.Task, late).WhileMoving(clock, TimeSpan.FromMilliseconds(1), "the first refusal");
        var failure = await Assert.ThrowsAsync<KafkaTimeoutException>(() => late.WhileMoving(clock, TimeSpan.FromMilliseconds(250), "the failure"));
        fixture.Log.Refuse = (_, _) => ErrorCode.None;
        await producer.ProduceAsync(ProducerFixture.Value("next")).AsTask().WhileMoving(clock, TimeSpan.FromMilliseconds(250), "the delivery");

        Assert.Matches(@"^A record for t-0 was not delivered \([0-9]+ attempts\) within 60000 ms\.", failure.Message);
        Assert.Contains("NOT_ENOUGH_REPLICAS", failure.Message, StringComparison.Ordinal);
        Assert.Equal(["next"], fixture.Log.Values("t", 0));
    }
}
